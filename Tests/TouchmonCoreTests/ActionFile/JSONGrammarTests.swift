import Testing
import TouchmonCore

/// What RFC 8259 allows and forbids, case by case, for the days without the public suites.
@Suite struct JSONGrammarTests {
    @Test(arguments: [
        "null", "true", "false", "0", "-0", "1", "-1", "10", "1234567890", "0.0", "0.10", "-0.5",
        "1e0", "1E0", "1e+0", "1e-0", "0e5", "1.5E+300", "1e999999", "-1e-999999",
        "99999999999999999999999999999999", "0.00000000000000000000000001", #""""#, #"" ""#,
        #""a""#, #""\"""#, #""\\""#, #""\/""#, #""/""#, #""\b""#, #""\f""#, #""\n""#, #""\r""#,
        #""\t""#, #""\u0000""#, #""\u001f""#, #""\u00E9""#, #""\uFFFF""#, #""\uabcd\uABCD""#,
        #""\ud83d\ude00""#, #""\udbff\udfff""#, #""\\u0041""#, #""\\\\""#, "\"\u{7f}\"",
        "\"\u{80}\"", "\"\u{feff}\"", "\"\u{fffe}\"", "\"\u{2028}\"", "\"\u{10ffff}\"",
        "\"日本\"", "\"// no comment\"", "\"{}[],:\"", "[]", "[ ]", "[\n]", "[1]", "[1,2]",
        "[ 1 , 2 ]", "[[]]", "[[],[]]", "[{}]", "[null,true,false,0,\"\",[],{}]", "[\t\r\n 1]",
        "{}", "{ }", "{\n}", #"{"":0}"#, #"{"a":1}"#, #"{ "a" : 1 }"#, #"{"a":1,"b":2}"#,
        #"{"a":{"a":{"a":{}}}}"#, #"{"a":[]}"#, #"{"\u0061":1,"a":2}"#, #"{"a":1,"a":1}"#,
        #"{"a\"b":1}"#, "\n{}", "{}\n", "\t{}\t", "\r\n{}\r\n", " 1 ",
    ])
    func `is JSON`(text: String) {
        #expect(throws: Never.self) { try JSONReader.read(Array(text.utf8)) }
    }

    @Test(arguments: [
        "", " ", "\n", "nul", "nulll", "Null", "NULL", "tru", "truee", "True", "fals", "FALSE",
        "undefined", "NaN", "Infinity", "-Infinity", "+1", "-", "--1", "-a", "00", "01", "-01",
        "0x10", "1.", ".1", "-.1", "1.e5", "1e", "1e+", "1e-", "1e1.5", "1e 5", "1 000", "1_000",
        "1,5", "1a", "1f", "0b1", "1.2.3", "1e5e5", "٣", "'a'", "\"", "\"a", "a\"", "a",
        #""\""#, #""\a""#, #""\v""#, #""\0""#, #""\x41""#, #""\'""#, #""\U0041""#, #""\u""#,
        #""\u0""#, #""\u00""#, #""\u004""#, #""\u004g""#, #""\u+041""#, #""\u 041""#,
        #""\ud83d\u""#, #""\ud83d\ude0""#, #""\ud83d\"#, "\"\\\n\"", "\"\n\"", "\"\r\"", "\"\t\"",
        "\"\u{0}\"", "\"\u{1f}\"", "\"a\"b", "\"a\" \"b\"", "“a”", "`a`", "[", "]", "[1", "[1,",
        "[,", "[,1]", "[1,]", "[1,,2]", "[1 2]", "[1;2]", "[1:2]", "[1}", "[\"a\"", "[\"a",
        "[[]", "[]]", "[],", "[][]", "[] []", "[a]", "[1]x", "[-]", "[/**/]", "[1]//", "[#]", "{",
        "}", "{]", "{,}", "{a:1}", "{1:1}", "{null:1}", "{'a':1}", #"{"a"}"#, #"{"a" 1}"#,
        #"{"a":}"#, #"{"a":1"#, #"{"a":1,"#, #"{"a":1,}"#, #"{,"a":1}"#, #"{"a":1,,"b":2}"#,
        #"{"a":1 "b":2}"#, #"{"a":1;"b":2}"#, #"{"a"=1}"#, #"{"a"::1}"#, #"{:1}"#, #"{"a":1]"#,
        #"{"a":1}}"#, #"{"a":1}{"b":2}"#, #"{"a":1},"#, #"{"a","b"}"#, #"{"a":1,"b"}"#,
        #"{"a":1 /* x */}"#, #"{"a":1} // x"#, #"{"a" b:1}"#, #"{["a"]:1}"#, #"{"a":1:2}"#,
        "\u{feff}{}", "{}\u{feff}", "\u{a0}1", "1\u{a0}", "\u{2028}1", "\u{c}1", "\u{b}1",
        "1\u{0}", "\u{0}", "{}\u{0}", "*", "<a/>", "---", "a: 1", "{{}}", "[{]}", "(1)", "$", "\\",
    ])
    func `is not JSON`(text: String) {
        let bytes = Array(text.utf8)
        let error = #expect(throws: JSONSyntaxError.self) { try JSONReader.read(bytes) }
        #expect(0...bytes.count ~= error?.offset ?? -1)
    }

    @Test(arguments: [
        [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xDF, 0xC0],
        [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xE0, 0xA0], [0xE1, 0x80, 0x41],
        [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xEF, 0xBF], [0xF0, 0x80, 0x80, 0x80],
        [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90, 0x80], [0xF4, 0x90, 0x80, 0x80],
        [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF],
    ])
    func `a string must be UTF-8`(bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        let error = #expect(throws: JSONSyntaxError.self) {
            try JSONReader.read([quote, 0x61] + bytes + [quote])
        }
        #expect(error?.offset == 2)
        #expect(throws: JSONSyntaxError.self) { try JSONReader.read([quote, 0x61] + bytes) }
    }
}
