import Foundation
import Testing

/// Three watched paths, their action files, and what their runs tell: the place in which the daemon
/// meets with faults.
///
/// `a` runs as a user with several groups; `b` is added by a reload; the action file of `c` is not
/// root's, so that the daemon asks whether its owner may read what was touched. Where it is asked for,
/// there is a tree as well, on a file system of its own: of one that others use, each would hear of all.
final class Scene {
    let scratch: Scratch
    let witness: Witness
    let state: String
    private let program: String
    /// What each path's file was made to hold last, and how many runs have to see it.
    private var touches: [String: (content: String, runs: Int)] = [:]
    /// How many touches there were.
    private(set) var count = 0
    private var mount: String?

    /// `settings` gives further keys of the action of `a`, from the scene.
    init(
        on parent: String = "/var/tmp/touchmon-tests", program: String, hasTree: Bool = false,
        settings: (Scene) -> [String: Any] = { _ in [:] }
    ) throws {
        scratch = try Scratch(in: parent)
        self.program = program
        witness = Witness(file: try scratch.write("witness"))
        state = scratch("state")
        chmod(witness.file, 0o666)
        try FileManager.default.createDirectory(
            atPath: scratch("actions"), withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o755])
        for name in ["a", "b", "c"] { try scratch.write(name, "0\n") }
        try act("a", Users.bob, settings(self))
        try act("c", Users.alice)
        chown(scratch("actions/c.json"), Users.alice.id, Users.alice.group)
        if hasTree { try plantTree() }
    }

    deinit {
        if let mount { umount2(mount, Int32(MNT_DETACH)) }
    }

    private func plantTree() throws {
        let place = scratch("m")
        mkdir(place, 0o755)
        try #require(Glibc.mount("none", place, "tmpfs", 0, nil) == 0)
        mount = place
        for directory in ["tree", "tree/d", "beside"] { mkdir("\(place)/\(directory)", 0o755) }
        try act(
            "m/tree/", Users.bob, ["recursive": true, "each": "file", "stdin": "changes"],
            file: "tree")
    }

    /// Changes a file of the tree; from now on a run for it is owed.
    func touchInTree() throws { try touch("m/tree/d/f") }

    /// Moves a directory into the tree, with a file that is another one each time.
    func moveIntoTree() throws {
        let name = "came\(count)"
        mkdir(scratch("m/beside/\(name)"), 0o755)
        try touch("m/beside/\(name)/g", asWhat: "m/tree/\(name)/g")
        try #require(rename(scratch("m/beside/\(name)"), scratch("m/tree/\(name)")) == 0)
    }

    /// Begins a command that looks up users in files only: other databases are the machine's own, and
    /// take hundreds of system calls.
    var quietly: [String] {
        [
            "unshare", "-m", "sh", "-c",
            "printf 'passwd: files\\ngroup: files\\n' >\(scratch("nsswitch")) && "
                + "mount --bind \(scratch("nsswitch")) /etc/nsswitch.conf && exec \"$@\"", "sh",
        ]
    }

    /// The users that the paths' runs have to be.
    static let users = [
        "a": Users.bob, "b": Users.bob, "c": Users.alice, "f": Users.bob, "g": Users.bob,
    ]

    var actions: String { scratch("actions") }
    var hold: String { scratch("hold") }

    private func act(
        _ name: String, _ user: User, _ settings: [String: Any] = [:], file: String? = nil
    ) throws {
        let action: [String: Any] = [
            "argv": [program, "--witness", witness.file, hold], "user": user.name,
        ]
        try scratch.actions(
            [scratch(name): action.merging(settings) { $1 }],
            in: "actions/\(file ?? name).json")
    }

    /// Adds the action of `b`, for a reload.
    func addSecond() throws { try act("b", Users.bob) }

    /// Changes a path's file; from now on a run is owed that starts after it.
    /// `place`: where it will be by then.
    func touch(_ name: String, replacing: Bool = false, asWhat place: String? = nil) throws {
        count += 1
        let (content, target) = ("\(count)", scratch(name))
        let file = replacing ? scratch("\(name).new") : target
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        try #require(descriptor >= 0)
        try #require(write(descriptor, content + "\n", content.utf8.count + 1) > 0)
        close(descriptor)
        if replacing { try #require(rename(file, target) == 0) }
        touches[place.map { scratch($0) } ?? target] = (content, 1)
    }

    /// The run that saw the last touch of a path was cut off: another is owed.
    func cutOff(_ name: String) { touches[scratch(name)]?.runs += 1 }

    /// Forgets what is owed: the log said that it will not run.
    func forgive(_ name: String) { touches[scratch(name)] = nil }

    /// The paths whose last touch was not seen by as many runs as it should.
    var owed: [String] {
        let lines = witness.lines
        return touches.filter { path, touch in
            lines.count { $0.path == path && $0.content == touch.content } < touch.runs
        }.keys.map { String($0.split(separator: "/").last ?? "") }.sorted()
    }

    /// Waits until nothing is owed.
    func isSettled(within seconds: Double) -> Bool {
        // Many of these wait at the same time, and looking costs them time.
        eventually(within: seconds, every: 5000) { owed.isEmpty }
    }

    /// Runs that were not who they should have been.
    var wrongIdentities: [String] {
        witness.lines.compactMap { line in
            let name = String(line.path.split(separator: "/").last ?? "")
            guard let user = Self.users[name], line.identity != Witness.identity(of: user) else {
                return nil
            }
            return "\(name): \(line.identity), not \(Witness.identity(of: user))"
        }
    }
}
