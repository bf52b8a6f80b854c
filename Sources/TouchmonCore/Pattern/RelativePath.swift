/// The names of a relative path without empty names, `.` and `..`, one after another and without a
/// copy: a name begins where the last one ended, one slash further.
extension UnsafeRawBufferPointer {
    /// Where the name that begins at `start` ends.
    func endOfName(at start: Int) -> Int {
        var end = start
        while end < count, self[end] != UInt8(ascii: "/") { end += 1 }
        return end
    }

    /// The bytes from `start` on, up to `end`.
    func part(_ start: Int, _ end: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[start..<end])
    }

    /// The last of its names.
    var lastName: UnsafeRawBufferPointer {
        var start = count
        while start > 0, self[start - 1] != UInt8(ascii: "/") { start -= 1 }
        return part(start, count)
    }

    /// What leaves out any of its names.
    var usualExclusions: UsualExclusions {
        var found: UsualExclusions = []
        var start = 0
        while start < count {
            let end = endOfName(at: start)
            found.formUnion(UsualExclusions(of: part(start, end)))
            start = end + 1
        }
        return found
    }

    /// The first of its names that `exclusions` leave out; the last where there is none.
    func firstName(leftOutBy exclusions: UsualExclusions) -> Range<Int> {
        var name = 0..<endOfName(at: 0)
        while name.upperBound < count,
            UsualExclusions(of: part(name.lowerBound, name.upperBound)).isDisjoint(with: exclusions)
        {
            name = (name.upperBound + 1)..<endOfName(at: name.upperBound + 1)
        }
        return name
    }
}
