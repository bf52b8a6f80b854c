import Testing
import TouchmonCore

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("0s", Duration.zero), ("250ms", .milliseconds(250)), ("10s", .seconds(10)),
        ("5m", .seconds(300)), ("1h", .seconds(3600)), ("007s", .seconds(7)),
        ("9223372036854ms", .milliseconds(9_223_372_036_854)),
    ])
    func `is a whole number with a unit`(text: String, duration: Duration) throws {
        #expect(try DurationText.parse(Array(text.utf8)) == duration)
    }

    @Test(arguments: [
        "", "s", "10", "10 s", " 10s", "10s ", "-1s", "+1s", "1.5s", "1e3s", "10S", "10sec", "1d",
        "1us", "1h30m", "10\u{0}s", "١s",
    ])
    func `is nothing else`(text: String) {
        #expect(throws: QuantityError.malformed) { try DurationText.parse(Array(text.utf8)) }
    }

    @Test(arguments: [
        "9223372036855ms", "9223372037s", "2562048h", "9223372036854775807s",
        "9223372036854775808s", "99999999999999999999999999h",
    ])
    func `fits an instant`(text: String) {
        #expect(throws: QuantityError.tooLarge) { try DurationText.parse(Array(text.utf8)) }
    }
}

@Suite struct SizeTextTests {
    @Test(arguments: [
        ("0", 0), ("1", 1), ("512", 512), ("1K", 1024), ("1M", 1 << 20), ("3G", 3 << 30),
        ("2T", 2 << 40), ("9223372036854775807", Int64.max), ("8388607T", 8_388_607 << 40),
    ])
    func `is a whole number, with a power of 1024 or without`(text: String, bytes: Int64) throws {
        #expect(try SizeText.parse(Array(text.utf8)) == bytes)
    }

    @Test(arguments: ["", "K", "-1", "+1", "1.5M", "1 M", "1m", "1k", "1KB", "1MiB", "1P", "0x10"])
    func `is nothing else`(text: String) {
        #expect(throws: QuantityError.malformed) { try SizeText.parse(Array(text.utf8)) }
    }

    @Test(arguments: ["9223372036854775808", "8388608T", "9999999999999999999999K"])
    func `fits 64 bits`(text: String) {
        #expect(throws: QuantityError.tooLarge) { try SizeText.parse(Array(text.utf8)) }
    }
}
