import Glibc
import TouchmonCore
import TouchmonTestSupport

/// One thing that a program or the daemon does, on the real kernel as on the simulated one.
enum Step: Hashable, Sendable {
    case open(slot: Int, String, OpenOptions)
    case write(slot: Int, count: Int)
    case truncateHandle(slot: Int, size: Int)
    case close(slot: Int)
    case handleTimes(slot: Int, TimeChange, TimeChange)
    case times(String, TimeChange, TimeChange, follow: Bool)
    case mode(String, UInt16)
    case owner(String, owner: UInt32?, group: UInt32?, follow: Bool)
    case truncate(String, size: Int)
    case makeDirectory(String)
    case removeDirectory(String)
    case unlink(String)
    case rename(String, String)
    case exchange(String, String)
    case link(String, String)
    case symbolicLink(String, to: String)
    case node(String, FileKind)
    case addWatch(String, InotifyMask)
    case removeWatch(Int32)
    case mount(String)
    case bind(String, String)
    case unmount(String, lazy: Bool)
}

/// How often the kinds of steps are drawn.
struct StepGenerator {
    var random: SplitMix64
    var allowsMounts = false
    /// Whether steps may need what only root may do.
    var isRoot = getuid() == 0

    /// The names of the small world: every one may be a file, a directory, a link or nothing.
    static let paths = ["a", "b", "c", "x", "y", "x/a", "x/b", "y/a", "y/b", "x/y", "y/x", "x/y/a"]
    private static let targets = ["a", "b", "x", "x/a", "../y/a", "y", "../a", "c", "y/b/", "."]
    private static let slots = 0..<3

    mutating func steps(_ count: Int) -> [Step] {
        var steps: [Step] = [.makeDirectory("x"), .makeDirectory("y")]
        steps.append(.addWatch(["x", "y", "."].pick(&random), Self.everything))
        while steps.count < count { steps.append(next()) }
        return steps
    }

    private static let everything = InotifyMask(rawValue: 0xfff)

    // Others than root shut themselves out of a directory that they may not search, and lose the
    // set-ID bits of what they write.
    private var modes: [UInt16] {
        isRoot ? [0o644, 0o600, 0o755, 0o4755, 0o2644] : [0o700, 0o755, 0o711]
    }
    private var owners: [UInt32?] { isRoot ? [nil, 0, 1] : [nil] }

    private mutating func path() -> String { Self.paths.pick(&random) }

    private mutating func next() -> Step {
        if allowsMounts, Int.random(in: 0..<8, using: &random) == 0 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1: return .mount(["x", "y", "x/y", "y/x"].pick(&random))
            case 2: return .bind(["x", "y", "."].pick(&random), ["x", "y", "x/y"].pick(&random))
            default:
                return .unmount(
                    ["x", "y", "x/y", "y/x"].pick(&random), lazy: Bool.random(using: &random))
            }
        }
        let slot = Int.random(in: Self.slots, using: &random)
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<14: return .open(slot: slot, path(), options())
        case 14..<20: return .write(slot: slot, count: Int.random(in: 0...5, using: &random))
        case 20..<22:
            return .truncateHandle(slot: slot, size: Int.random(in: 0...3, using: &random))
        case 22..<30: return .close(slot: slot)
        case 30..<33: return .handleTimes(slot: slot, time(), time())
        case 33..<38: return .times(path(), time(), time(), follow: Bool.random(using: &random))
        case 38..<41: return .mode(path(), modes.pick(&random))
        case 41..<44:
            return .owner(
                path(), owner: owners.pick(&random), group: owners.pick(&random),
                follow: Bool.random(using: &random))
        case 44..<47: return .truncate(path(), size: Int.random(in: 0...3, using: &random))
        case 47..<51: return .makeDirectory(path())
        case 51..<54: return .removeDirectory(path())
        case 54..<62: return .unlink(path())
        case 62..<74: return .rename(path(), path())
        case 74..<77: return .exchange(path(), path())
        case 77..<82: return .link(path(), path())
        case 82..<86: return .symbolicLink(path(), to: Self.targets.pick(&random))
        case 86..<88: return .node(path(), [.fifo, .socket, .regular].pick(&random))
        case 88..<97: return .addWatch((Self.paths + ["."]).pick(&random), mask())
        default: return .removeWatch(Int32.random(in: 1...4, using: &random))
        }
    }

    private mutating func options() -> OpenOptions {
        [
            .read, .write, [.read, .write], [.write, .create], [.write, .create, .truncate],
            [.write, .create, .append], [.write, .create, .exclusive], [.read, .write, .create],
            [.write, .truncate], [.read, .truncate],
        ].pick(&random)
    }

    private mutating func time() -> TimeChange {
        [.now, .now, .omit, .set(FileTime(seconds: 1000)), .set(FileTime(seconds: 4_000_000_000))]
            .pick(&random)
    }

    private mutating func mask() -> InotifyMask {
        var mask = Self.everything
        if Int.random(in: 0..<2, using: &random) == 0 {
            mask = InotifyMask(rawValue: UInt32.random(in: 0..<0x1000, using: &random))
        }
        for option: InotifyMask in [.onlyDirectory, .doNotFollow, .excludeUnlinked, .add]
        where Int.random(in: 0..<4, using: &random) == 0 {
            mask.formUnion(option)
        }
        return mask
    }
}

extension Array {
    /// One element, each as likely as the next.
    fileprivate func pick(_ random: inout SplitMix64) -> Element {
        self[Int.random(in: indices, using: &random)]
    }
}
