package import TouchmonCore

/// One save, as the system calls that a tool makes for it.
///
/// Each call is a step of its own, so that a test can let the daemon look at any moment between.
package struct Tool: Sendable, CustomStringConvertible {
    /// What the calls of one save share.
    package struct Context: Sendable {
        package var kernel: SimulatedKernel
        package var path: RawPath
        /// The open files, in the order of opening.
        package var handles: [FileHandle] = []
        /// Counts the saves, so that each can leave something else.
        package var save: Int

        package init(kernel: SimulatedKernel, path: RawPath, save: Int) {
            self.kernel = kernel
            self.path = path
            self.save = save
        }

        /// A second path in the same directory.
        package var neighbour: RawPath {
            path.parent.appending(Array("neighbour-\(save)".utf8))
        }
    }

    package typealias Step = @Sendable (inout Context) throws -> Void

    package var description: String
    package var steps: [Step]
    /// Whether it needs a file at the path.
    package var needsFile: Bool
    /// The call that completes the touch: a run that starts after it is owed. What a tool does
    /// afterwards, such as restoring times, is no touch.
    package var completingStep: Int

    package init(
        _ description: String, needsFile: Bool = false, completingStep: Int? = nil, _ steps: [Step]
    ) {
        self.description = description
        self.needsFile = needsFile
        self.steps = steps
        self.completingStep = completingStep ?? steps.count - 1
    }
}

extension Tool {
    private static func opens(_ options: OpenOptions) -> Step {
        { $0.handles.append(try $0.kernel.open($0.path, options)) }
    }
    private static let writes: Step = {
        try $0.kernel.write($0.handles[0], count: UInt64(1 + $0.save % 3))
    }
    private static let closes: Step = { try $0.kernel.close($0.handles[0]) }
    private static let setsTimes: Step = {
        try $0.kernel.setTimes($0.handles[0], access: .now, modification: .now)
    }
    private static let restoresTimes: Step = {
        let past = TimeChange.set(FileTime(seconds: 1_500_000_000 + 10 * Int64($0.save)))
        try $0.kernel.setTimes($0.handles[0], access: past, modification: past)
    }
    private static let removes: Step = {
        guard $0.kernel.hasName($0.path) else { return }
        try $0.kernel.unlink($0.path)
    }
    private static let writesNeighbour: [Step] = [
        { $0.handles.append(try $0.kernel.open($0.neighbour, [.write, .create, .truncate])) },
        writes, closes,
    ]
    private static let replaces: Step = { try $0.kernel.rename($0.neighbour, to: $0.path) }

    /// The tools of "What counts as a touch", by the calls that they were seen to make.
    package static let all: [Tool] = [
        Tool("touch", completingStep: 1, [opens([.write, .create]), setsTimes, closes]),
        Tool("touch -d", completingStep: 1, [opens([.write, .create]), restoresTimes, closes]),
        Tool(
            "touch -m", needsFile: true, completingStep: 1,
            [
                opens([.write, .create]),
                {
                    try $0.kernel.setTimes($0.handles[0], access: .omit, modification: .now)
                }, closes,
            ]),
        Tool("shell >", [opens([.write, .create, .truncate]), writes, closes]),
        Tool("shell >, nothing written", [opens([.write, .create, .truncate]), closes]),
        Tool("shell >>", [opens([.write, .create, .append]), writes, closes]),
        Tool(
            "two writes in one session",
            [opens([.write, .create, .truncate]), writes, writes, closes]),
        Tool(
            "cp -p",
            [opens([.write, .create, .truncate]), writes, restoresTimes, closes]),
        Tool(
            "write, fchmod, close",
            [
                opens([.write, .create, .truncate]), writes,
                { try $0.kernel.setMode($0.path, to: 0o600 + UInt16($0.save % 2)) }, closes,
            ]),
        Tool(
            "write, fchmod to the same, close",
            [
                opens([.write, .create, .truncate]), writes,
                { try $0.kernel.setMode($0.path, to: 0o644) }, closes,
            ]),
        Tool("write and rename", writesNeighbour + [replaces]),
        Tool(
            "write, rename, close", completingStep: 2,
            [
                { $0.handles.append(try $0.kernel.open($0.neighbour, [.write, .create])) },
                writes, replaces, closes,
            ]),
        Tool(
            "install", completingStep: 3,
            [
                removes, opens([.write, .create, .exclusive]), writes, closes,
                { try $0.kernel.setMode($0.path, to: 0o755) },
            ]),
        Tool(
            "tar x", completingStep: 3,
            [
                removes, opens([.write, .create, .exclusive]), writes, closes,
                {
                    let past = TimeChange.set(
                        FileTime(seconds: 1_500_000_000 + 10 * Int64($0.save)))
                    try $0.kernel.setTimes($0.path, access: past, modification: past)
                },
            ]),
        Tool(
            "tar x --overwrite", needsFile: true, completingStep: 2,
            [
                opens([.write, .truncate]), writes, closes,
                {
                    let past = TimeChange.set(
                        FileTime(seconds: 1_500_000_000 + 10 * Int64($0.save)))
                    try $0.kernel.setTimes($0.path, access: past, modification: past)
                },
            ]),
        Tool(
            "vim, backup by rename", needsFile: true, completingStep: 4,
            [
                { try $0.kernel.rename($0.path, to: $0.neighbour) },
                opens([.write, .create]), writes,
                { try $0.kernel.setMode($0.path, to: 0o644) }, closes,
                { try $0.kernel.unlink($0.neighbour) },
            ]),
        Tool(
            "unlink and create again", needsFile: true,
            [removes, opens([.write, .create]), writes, closes]),
        Tool(
            "utime(2)", needsFile: true,
            [{ try $0.kernel.setTimes($0.path, access: .now, modification: .now) }]),
        Tool(
            "utimensat(2), mtime only", needsFile: true,
            [{ try $0.kernel.setTimes($0.path, access: .omit, modification: .now) }]),
        Tool(
            "truncate(2)", needsFile: true,
            [{ try $0.kernel.truncate($0.path, to: UInt64(100 + $0.save)) }]),
        Tool(
            "ln -f",
            writesNeighbour + [
                {
                    let temporary = $0.path.parent.appending(Array("link".utf8))
                    try $0.kernel.link($0.neighbour, to: temporary)
                    try $0.kernel.rename(temporary, to: $0.path)
                }
            ]),
        Tool(
            "link(2)",
            writesNeighbour + [removes, { try $0.kernel.link($0.neighbour, to: $0.path) }]),
        Tool(
            "ln -sfn",
            writesNeighbour + [
                {
                    let temporary = $0.path.parent.appending(Array("link".utf8))
                    try $0.kernel.makeSymbolicLink(temporary, to: $0.neighbour)
                    try $0.kernel.rename(temporary, to: $0.path)
                }
            ]),
        Tool("mkfifo", [removes, { try $0.kernel.makeNode($0.path, .fifo) }]),
    ]

    /// What happens to files without anybody touching them.
    package static let noTouch: [Tool] = [
        Tool(
            "chmod", needsFile: true,
            [{ try $0.kernel.setMode($0.path, to: 0o600 + UInt16($0.save % 8)) }]),
        Tool(
            "chown", needsFile: true,
            [{ try $0.kernel.setOwner($0.path, owner: UInt32(1000 + $0.save), group: nil) }]),
        Tool("read", needsFile: true, [opens([.read]), closes]),
        Tool(
            "open for appending, write nothing", needsFile: true,
            [opens([.write, .append]), closes]),
        Tool(
            "move away and back", needsFile: true,
            [
                { try $0.kernel.rename($0.path, to: $0.neighbour) },
                { try $0.kernel.rename($0.neighbour, to: $0.path) },
            ]),
        Tool(
            "mtime moved backwards", needsFile: true,
            [
                {
                    let past = TimeChange.set(
                        FileTime(seconds: 1_400_000_000 - 10 * Int64($0.save)))
                    try $0.kernel.setTimes($0.path, access: past, modification: past)
                }
            ]),
        Tool(
            "hard link made and removed", needsFile: true,
            [
                { try $0.kernel.link($0.path, to: $0.neighbour) },
                { try $0.kernel.unlink($0.neighbour) },
            ]),
        Tool("a neighbour is written", writesNeighbour),
    ]
}
