import Testing

@testable import TouchmonCore

/// What the simulated tools do not reach: single looks, with the state and the evidence given.
@Suite struct TouchJudgeTests {
    static let start = FileTime(seconds: 1_000_000)

    static func status(_ kind: FileKind = .regular, modified: FileTime = start) -> FileStatus {
        FileStatus(
            identity: FileIdentity(device: 1, inode: 2, birth: start), kind: kind, size: 0,
            modified: modified, changed: modified, mode: 0o644, owner: 0, group: 0, links: 1)
    }

    /// A look just after the file changed, where times move in ticks of 10 ms or do not.
    static func look(_ status: FileStatus, ticks: Bool = true) -> Examination {
        var time = status.changed
        time.nanoseconds += 1_000_000
        return Examination(
            status: .success(status), time: time, granularity: ticks ? .milliseconds(10) : .zero)
    }

    static let now = Instant(nanoseconds: 0)

    @Test(arguments: [
        (Evidence.entries, true, TouchJudge.Verdict.touch),
        // An entry's event may be among those that were lost.
        (.lost, true, .touch),
        (.unheard, true, .nothing),
        (.attributes, true, .nothing),
        (.entries, false, .nothing),
        (.lost, false, .nothing),
    ])
    func `a directory whose time did not move`(
        evidence: Evidence, ticks: Bool, verdict: TouchJudge.Verdict
    ) {
        var judge = TouchJudge()
        var directory = Self.status(.directory)
        directory.modified.nanoseconds = 1
        directory.changed = directory.modified
        let look = Self.look(directory, ticks: ticks)
        #expect(judge.judge(.unheard, look, at: Self.now) == .nothing)
        #expect(judge.judge(evidence, look, at: Self.now) == verdict)
    }

    @Test(arguments: [
        (FileKind.regular, Evidence.wrote), (.regular, .attributes), (.regular, .created),
        (.regular, .arrived), (.directory, .entries), (.fifo, .attributes),
    ])
    func `a first look that is late counts what was heard before it`(
        kind: FileKind, evidence: Evidence
    ) {
        let look = Self.look(Self.status(kind), ticks: false)
        var judge = TouchJudge()
        #expect(judge.judge(evidence, look, writer: .absent, at: Self.now) == .touch)
        var writing = TouchJudge()
        let verdict = writing.judge(evidence, look, writer: .present, at: Self.now)
        #expect(verdict == (kind == .regular ? .nothing : .touch))
    }

    @Test func `the first look runs nothing where nothing was changed since the watch stood`() {
        for evidence in [Evidence.closed, .lost, .unheard] {
            var judge = TouchJudge()
            let old = Self.status(modified: FileTime(seconds: 1))
            let examination = Examination(
                status: .success(old), time: Self.start, granularity: .zero)
            #expect(judge.judge(evidence, examination, at: Self.now) == .nothing)
            #expect(judge.handled == old)
        }
    }

    @Test func `a path that is not there has nothing to run, and coming back the same neither`() {
        var judge = TouchJudge()
        let examination = Self.look(Self.status(), ticks: false)
        let gone = Examination(
            status: .failure(.noSuchFile), time: Self.start, granularity: .zero)
        #expect(judge.judge(.unheard, examination, writer: .absent, at: Self.now) == .nothing)
        #expect(judge.judge(.unheard, gone, at: Self.now) == .nothing)
        #expect(judge.seen == nil)
        #expect(judge.handled == Self.status())
        #expect(judge.judge(.arrived, examination, at: Self.now) == .nothing)
    }

    @Test(arguments: [(Evidence.entries, TouchJudge.Verdict.touch), (.attributes, .nothing)])
    func `a directory whose time was set back is touched if its names changed`(
        evidence: Evidence, verdict: TouchJudge.Verdict
    ) {
        var judge = TouchJudge()
        _ = judge.judge(.unheard, Self.look(Self.status(.directory), ticks: false), at: Self.now)
        var unpacked = Self.status(.directory, modified: FileTime(seconds: 5))
        unpacked.changed = FileTime(seconds: Self.start.seconds + 7)
        let look = Self.look(unpacked, ticks: false)
        #expect(judge.judge(evidence, look, at: Self.now) == verdict)
    }

    @Test func `a file that was away within the tick, and whose attributes changed, is a doubt`() {
        var judge = TouchJudge()
        let gone = Examination(
            status: .failure(.noSuchFile), time: Self.start, granularity: .zero)
        let look = Self.look(Self.status())
        #expect(judge.judge(.unheard, look, writer: .absent, at: Self.now) == .nothing)
        #expect(judge.judge(.unheard, gone, at: Self.now) == .nothing)
        #expect(judge.judge(.attributes, look, at: Self.now) == .askWriter)
        #expect(judge.judge(.attributes, look, writer: .absent, at: Self.now) == .touch)
    }

    @Test func `a file that came after a time was set back counts by itself`() {
        var judge = TouchJudge()
        _ = judge.judge(
            .unheard, Self.look(Self.status(), ticks: false), writer: .absent, at: Self.now)
        var old = Self.status(modified: FileTime(seconds: 5))
        old.changed = FileTime(seconds: Self.start.seconds + 7)
        let restored = Self.look(old, ticks: false)
        #expect(judge.judge(.attributes, restored, writer: .unknown, at: Self.now) == .nothing)
        #expect(judge.isRestored)
        old.identity.inode = 3
        let other = Self.look(old, ticks: false)
        #expect(judge.judge(.arrived, other, writer: .absent, at: Self.now) == .touch)
        #expect(!judge.isRestored)
        #expect(judge.deadline == nil)
    }

    /// A file that is copied from a lower layer into the upper one, at its first change, is the same.
    @Test(arguments: [
        (QuietFileSystem.overlay, TouchJudge.Verdict.nothing), (.fuse, .askWriter),
    ])
    func `another birth time is another file only where it stays the file's`(
        fileSystem: QuietFileSystem, verdict: TouchJudge.Verdict
    ) {
        func look(birth: Int64) -> Examination {
            var status = Self.status()
            status.identity.birth = FileTime(seconds: birth)
            var look = Self.look(status, ticks: false)
            look.polled(Polling(.fileSystem(fileSystem), every: .seconds(1)))
            return look
        }
        var judge = TouchJudge()
        _ = judge.judge(.unheard, look(birth: 1), writer: .absent, at: Self.now)
        #expect(judge.judge(.unheard, look(birth: 2), at: Self.now) == verdict)
    }

    @Test func `a state is outdated by another file, another time, or a close`() {
        func judge(isBeingWritten: Bool) -> TouchJudge {
            TouchJudge(
                handled: HandledState(Self.status(), isBeingWritten: isBeingWritten),
                isSameBoot: true)
        }
        let closed = HandledState(Self.status(), isBeingWritten: false)
        let open = HandledState(Self.status(), isBeingWritten: true)
        #expect(judge(isBeingWritten: true).isOutdated(by: closed))
        #expect(!judge(isBeingWritten: true).isOutdated(by: open))
        #expect(!judge(isBeingWritten: false).isOutdated(by: closed))
        #expect(!judge(isBeingWritten: false).isOutdated(by: nil))
        var other = closed
        other.status.modified.nanoseconds += 1
        #expect(judge(isBeingWritten: false).isOutdated(by: other))
        other = closed
        other.status.identity.inode = 3
        #expect(judge(isBeingWritten: false).isOutdated(by: other))
    }

    @Test func `a FIFO is touched by a time that moves either way`() {
        for seconds in [-1, 1] as [Int64] {
            var judge = TouchJudge()
            #expect(
                judge.judge(.unheard, Self.look(Self.status(.fifo)), at: Self.now) == .nothing)
            let moved = Self.status(
                .fifo, modified: FileTime(seconds: Self.start.seconds + seconds))
            #expect(judge.judge(.attributes, Self.look(moved), at: Self.now) == .touch)
            #expect(judge.judge(.attributes, Self.look(moved), at: Self.now) == .nothing)
        }
    }

    @Test func `where nobody knows who writes, a file that came unheard must be quiet for 1 s`() {
        var judge = TouchJudge()
        #expect(
            judge.judge(.unheard, Self.look(Self.status()), writer: .unknown, at: Self.now)
                == .nothing)
        var other = Self.status()
        other.identity.inode = 3
        let examination = Self.look(other, ticks: false)
        #expect(judge.judge(.unheard, examination, at: Self.now) == .askWriter)
        #expect(judge.judge(.unheard, examination, writer: .unknown, at: Self.now) == .nothing)
        #expect(judge.deadline == Instant(nanoseconds: 1_000_000_000))
        #expect(judge.judge(.deadline, examination, at: Self.now) == .touch)
        #expect(judge.deadline == nil)
    }

    /// A file that another one has replaced unheard, and a judge that looked at the first.
    static func replaced() -> (TouchJudge, FileStatus) {
        var judge = TouchJudge()
        _ = judge.judge(.unheard, look(status()), writer: .absent, at: now)
        var other = status()
        other.identity.inode = 3
        return (judge, other)
    }

    /// Answers every question until there is none, or a touch; returns when they were asked.
    static func answer(
        _ judge: inout TouchJudge, _ look: Examination, _ writer: WriterPresence
    ) -> (verdict: TouchJudge.Verdict, times: [Int64]) {
        var times: [Int64] = []
        while let deadline = judge.deadline {
            times.append(deadline.nanoseconds / 1_000_000)
            var verdict = judge.judge(.deadline, look, at: deadline)
            if verdict == .askWriter {
                verdict = judge.judge(.deadline, look, writer: writer, at: deadline)
            }
            if verdict == .touch { return (.touch, times) }
        }
        return (.nothing, times)
    }

    @Test func `a wait for quiet begins anew with each change, and goes on with each look`() {
        func later(_ milliseconds: Int64) -> Instant {
            Instant(nanoseconds: milliseconds * 1_000_000)
        }
        var (judge, other) = Self.replaced()
        let first = Self.look(other, ticks: false)
        #expect(judge.judge(.unheard, first, writer: .present, at: Self.now) == .nothing)
        #expect(judge.deadline == later(20))
        #expect(judge.judge(.unheard, first, writer: .present, at: later(10)) == .nothing)
        #expect(judge.deadline == later(20))
        #expect(judge.judge(.deadline, first, at: later(20)) == .askWriter)
        #expect(judge.judge(.deadline, first, writer: .present, at: later(20)) == .nothing)
        #expect(judge.deadline == later(60))
        other.size = 7
        let second = Self.look(other, ticks: false)
        #expect(judge.judge(.modified, second, at: later(50)) == .nothing)
        #expect(judge.deadline == later(70))
        // He has it open all the time.
        let (verdict, times) = Self.answer(&judge, second, .present)
        #expect(verdict == .touch)
        #expect(times == [70, 110, 190, 350, 670, 1310, 2590, 5150, 10270])
    }

    @Test
    func `where nobody says whether a heard writer is there, quiet is all that is waited for`() {
        var (judge, _) = Self.replaced()
        _ = judge.heard(.modify)
        let look = Self.look(
            Self.status(modified: FileTime(seconds: Self.start.seconds + 1)), ticks: false)
        #expect(judge.judge(.modified, look, at: Self.now) == .nothing)
        #expect(Self.answer(&judge, look, .unknown) == (.touch, [20, 10_020]))
    }

    /// truncate(2) has the file open for writing as well, and closes nothing that could be heard.
    @Test(arguments: [Evidence.unheard, .created])
    func `a writer who only truncates is not waited for`(evidence: Evidence) {
        var (judge, other) = Self.replaced()
        let look = Self.look(other, ticks: false)
        #expect(judge.judge(evidence, look, writer: .present, at: Self.now) == .nothing)
        #expect(judge.dependsOnClose)
        // His close would be in the queue by now.
        #expect(Self.answer(&judge, look, .absent) == (.touch, [20, 40]))
        #expect(!judge.dependsOnClose)
    }

    @Test func `a close that comes after all is no second touch`() {
        var (judge, other) = Self.replaced()
        let look = Self.look(other, ticks: false)
        #expect(judge.judge(.created, look, writer: .present, at: Self.now) == .nothing)
        let deadline = Instant(nanoseconds: 20_000_000)
        #expect(judge.judge(.deadline, look, writer: .absent, at: deadline) == .nothing)
        #expect(judge.judge(judge.heard(.closeAfterWriting), look, at: deadline) == .touch)
        #expect(judge.deadline == nil)
    }

    @Test
    func `a writer who stays is asked for less and less often, and then his close is waited for`() {
        var (judge, other) = Self.replaced()
        let look = Self.look(other, ticks: false)
        #expect(judge.judge(.created, look, writer: .present, at: Self.now) == .nothing)
        #expect(
            Self.answer(&judge, look, .present)
                == (.nothing, [20, 60, 140, 300, 620, 1260, 2540]))
        #expect(judge.dependsOnClose)
        let closed = judge.heard(.closeAfterWriting)
        #expect(judge.judge(closed, look, writer: .absent, at: Self.now) == .touch)
    }

    @Test func `where it can't be said any more whether the writer is there, it must be quiet`() {
        var (judge, other) = Self.replaced()
        let look = Self.look(other, ticks: false)
        #expect(judge.judge(.created, look, writer: .present, at: Self.now) == .nothing)
        #expect(Self.answer(&judge, look, .unknown) == (.touch, [20, 10_020]))
    }

    /// A file that is known, of which a change was heard that left it as it was.
    private static func modifiedWithoutChange() -> (TouchJudge, Examination) {
        var judge = TouchJudge()
        let look = Examination(
            status: .success(status()), time: FileTime(seconds: start.seconds + 60),
            granularity: .zero)
        _ = judge.judge(.unheard, look, writer: .absent, at: now)
        _ = judge.heard(.modify)
        #expect(judge.judge(.modified, look, at: now) == .nothing)
        return (judge, look)
    }

    @Test func `a writer who is gone and changed nothing leaves nothing to count`() {
        let (known, look) = Self.modifiedWithoutChange()
        var judge = known
        let deadline = Instant(nanoseconds: 20_000_000)
        #expect(judge.judge(.deadline, look, writer: .present, at: deadline) == .nothing)
        #expect(Self.answer(&judge, look, .absent) == (.nothing, [40]))
    }

    @Test func `what nobody can ask about and changed nothing leaves nothing to count, either`() {
        let (known, look) = Self.modifiedWithoutChange()
        var judge = known
        #expect(Self.answer(&judge, look, .unknown) == (.nothing, [20, 10_020]))
    }

    @Test func `what is again as it was when all is calm leaves nothing to count`() {
        func look(_ seconds: Int64) -> Examination {
            Examination(
                status: .success(
                    Self.status(modified: FileTime(seconds: Self.start.seconds + seconds))),
                time: FileTime(seconds: Self.start.seconds + 60), granularity: .zero)
        }
        var judge = TouchJudge()
        _ = judge.judge(.unheard, look(0), writer: .absent, at: Self.now)
        #expect(judge.judge(.unheard, look(1), writer: .unknown, at: Self.now) == .nothing)
        #expect(judge.deadline != nil)
        var calm = judge
        #expect(Self.answer(&calm, look(1), .unknown).verdict == .touch)
        // Somebody sets its time back.
        #expect(judge.judge(.attributes, look(0), writer: .unknown, at: Self.now) == .nothing)
        let (verdict, times) = Self.answer(&judge, look(0), .unknown)
        #expect(verdict == .nothing && times.count == 1 && judge.deadline == nil)
    }

    @Test func `who renames a file that he holds open has 20 ms to close it`() {
        var judge = TouchJudge()
        #expect(
            judge.judge(.unheard, Self.look(Self.status()), writer: .absent, at: Self.now)
                == .nothing)
        var other = Self.status()
        other.identity.inode = 3
        let examination = Self.look(other, ticks: false)
        #expect(judge.judge(.arrived, examination, at: Self.now) == .askWriter)
        #expect(judge.judge(.arrived, examination, writer: .present, at: Self.now) == .nothing)
        #expect(judge.deadline == Instant(nanoseconds: 20_000_000))
        #expect(judge.judge(.deadline, examination, at: Self.now) == .touch)
    }

    /// open(2) tells of the new name before it counts the file as open for writing.
    @Test(arguments: [false, true])
    func `who creates a file may need a moment until he has it open`(isCloseHeard: Bool) {
        let evidence: Evidence = isCloseHeard ? [.created, .closeFollows] : .created
        let deadline = Instant(nanoseconds: isCloseHeard ? 20_000_000 : 1_000_000)
        let (judge, other) = Self.replaced()
        let look = Self.look(other, ticks: false)
        for writer in [WriterPresence.absent, .present] {
            var judge = judge
            #expect(judge.judge(evidence, look, at: Self.now) == .askWriter)
            #expect(judge.judge(evidence, look, writer: .absent, at: Self.now) == .nothing)
            #expect(judge.deadline == deadline)
            #expect(judge.judge(.deadline, look, at: deadline) == .askWriter)
            let verdict = judge.judge(.deadline, look, writer: writer, at: deadline)
            #expect(verdict == (writer == .absent ? .touch : .nothing))
            #expect(judge.dependsOnClose == (writer == .present))
            // What was made without being opened counts once.
            guard writer == .present else {
                #expect(judge.deadline == nil)
                continue
            }
            let closed = judge.heard(.closeAfterWriting)
            #expect(judge.judge(closed, look, writer: .absent, at: deadline) == .touch)
            #expect(judge.deadline == nil)
        }
    }

    @Test func `the close of a file that was created counts at once, and once`() {
        var (judge, other) = Self.replaced()
        var look = Self.look(other, ticks: false)
        #expect(judge.judge(.created, look, writer: .absent, at: Self.now) == .nothing)
        let written = judge.heard(.modify)
        other.size = 1
        look = Self.look(other, ticks: false)
        #expect(judge.judge(written, look, at: Self.now) == .nothing)
        let closed = judge.heard(.closeAfterWriting)
        #expect(judge.judge(closed, look, at: Self.now) == .askWriter)
        #expect(judge.judge(closed, look, writer: .absent, at: Self.now) == .touch)
        #expect(judge.deadline == nil)
        // Nor does a file wait that holds something already: it has been open.
        var (full, whole) = Self.replaced()
        whole.size = 1
        let complete = Self.look(whole, ticks: false)
        #expect(full.judge(.created, complete, writer: .absent, at: Self.now) == .touch)
    }
}
