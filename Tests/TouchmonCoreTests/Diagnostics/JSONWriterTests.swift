import Testing
import TouchmonCore
import TouchmonTestSupport

@Suite struct JSONWriterTests {
    @Test func `bytes are written in base64, as RFC 4648 has it`() {
        var writer = JSONWriter()
        writer.list { writer in
            for text in ["", "f", "fo", "foo", "foob", "fooba", "foobar"] {
                writer.base64(Array(text.utf8))
            }
            writer.base64([0xFF, 0xEF, 0xBE])
        }
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"["","Zg==","Zm8=","Zm9v","Zm9vYg==","Zm9vYmE=","Zm9vYmFy","/+++"]"#)
    }

    @Test func `objects, lists and values are separated`() {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("a")
            writer.list { writer in
                writer.number(-1)
                writer.number(UInt64.max)
                writer.boolean(true)
                writer.boolean(false)
                writer.null()
                writer.object { _ in }
                writer.list { _ in }
                writer.string("x")
            }
            writer.key("b")
            writer.object { writer in
                writer.key("c")
                writer.null()
            }
        }
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"a":[-1,18446744073709551615,true,false,null,{},[],"x"],"b":{"c":null}}"#)
    }

    @Test(arguments: [
        (Array("é\"\\/\n\u{1}\u{7f}\u{9b}".utf8), #""é\"\\/\u000a\u0001\u007f\u009b""#),
        ([0x2F, 0xFF, 0x80], #""/\udcff\udc80""#), ([0xED, 0xB2, 0x80], #""\udced\udcb2\udc80""#),
    ])
    func `a string is escaped where it must be`(text: [UInt8], json: String) {
        var writer = JSONWriter()
        writer.string(text)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == json)
    }

    @Test func `any bytes are read back as they were`() throws {
        var generator = SplitMix64(seed: 8259)
        // Bytes that make and break UTF-8, quotes and escapes are the interesting ones.
        let interesting: [UInt8] = [
            0x00, 0x1F, 0x22, 0x2F, 0x5C, 0x75, 0x7F, 0x80, 0xA0, 0xB2, 0xBF, 0xC2, 0xC3, 0xE2,
            0xED,
            0xEF, 0xF0, 0xF4, 0xFF,
        ]
        for _ in 0..<5_000 {
            let text = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                Bool.random(using: &generator)
                    ? interesting[Int.random(in: 0..<interesting.count, using: &generator)]
                    : UInt8.random(in: 0...255, using: &generator)
            }
            var writer = JSONWriter()
            writer.string(text)
            let document = try JSONReader.read(writer.bytes)
            #expect(document.root.value == .string(text))
            #expect(document.loneSurrogates.isEmpty)
        }
    }
}
