import Foundation
import Glibc
import Testing
import TouchmonSystem

extension SpawnTests {
    @Suite struct SpawnArgumentTests {
        @Test func `arguments arrive byte for byte`() throws {
            let arguments: [[UInt8]] = [
                [], "two words".bytes, "\"quoted\" 'twice' `thrice` $HOME \\".bytes,
                "line\nline\n".bytes,
                "gr\u{FC}n \u{1F33F}".bytes, [0xFF, 0xFE, 0x80], "*".bytes, "-".bytes, [],
            ]
            #expect(
                Array(try probe { $0.arguments += arguments }.arguments.dropFirst()) == arguments)
        }

        @Test func `a thousand arguments arrive`() throws {
            let arguments = (0..<1000).map { "argument \($0)".bytes }
            #expect(
                Array(try probe { $0.arguments += arguments }.arguments.dropFirst()) == arguments)
        }

        @Test func `the program's name is the first argument, not its path`() throws {
            #expect(try probe { $0.arguments = ["other".bytes] }.arguments == ["other".bytes])
        }

        @Test func `an argument of 128 KiB is more than the kernel takes`() throws {
            let longest = [UInt8](repeating: 0x61, count: 131_071)
            #expect(try probe { $0.arguments.append(longest) }.arguments.last == longest)
            let result = try runToEnd(spec("/bin/true", [longest + [0x61]]))
            #expect(result.start == .failed(.execute, .argumentsTooLong))
        }

        @Test func `a slot grows for a larger child and serves the smaller ones after it`() throws {
            var spawner = Spawner()
            let null = try OwnedDescriptor.null()
            for size in [10, 100_000, 10, 130_000, 10] {
                let large = [[UInt8]](repeating: Array(repeating: 0x61, count: size), count: 8)
                let child = try spawner.start(
                    spec("/bin/true", large), StandardDescriptors(null: null))
                #expect(try child.settle(within: 10_000_000_000) == .running)
                #expect(try waitForEnd(child) == .exited(status: 0))
            }
        }
    }
}
