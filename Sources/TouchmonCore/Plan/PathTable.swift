/// Finds the places of paths that are kept elsewhere: a table of hashes and numbers, eight bytes each, where
/// a dictionary would keep every path once more.
struct PathTable {
    private struct Cell {
        var hash: UInt32 = 0
        /// The place plus one; 0 where the cell is free.
        var number: UInt32 = 0
    }

    /// As many as a power of two; a path's is the first free one from where its hash points.
    private var cells: [Cell] = []
    private var count = 0

    private static let leastCells = 16

    /// The place of a path; `path` gives that of a place.
    func place(of path: RawPath, _ pathAt: (ActionID) -> RawPath) -> ActionID? {
        guard count > 0 else { return nil }
        return cell(of: path) { pathAt($0) == path }.map { ActionID(Int(cells[$0].number) - 1) }
    }

    /// Puts in the place of a path that has none.
    mutating func insert(_ place: ActionID, of path: RawPath) {
        // At most 13 of 16 are taken: then the next free one is about seven cells away, of eight in a line
        // of the cache.
        if (count + 1) * 16 > cells.count * 13 { grow(to: max(Self.leastCells, cells.count * 2)) }
        put(Cell(hash: Self.hash(path), number: UInt32(place.index + 1)))
        count += 1
    }

    /// Makes room for so many more.
    mutating func reserve(_ more: Int) {
        var size = max(Self.leastCells, cells.count)
        while (count + more) * 16 > size * 13 { size *= 2 }
        if size > cells.count { grow(to: size) }
    }

    /// Takes out a place that was put in for a path.
    mutating func remove(_ place: ActionID, of path: RawPath) {
        guard count > 0, var hole = cell(of: path, { $0 == place }) else { return }
        count -= 1
        // Whatever stands behind it, and would not be found behind a free cell, moves up.
        var next = after(hole)
        while cells[next].number != 0 {
            let home = Int(cells[next].hash) & (cells.count - 1)
            if distance(home, next) >= distance(hole, next) {
                cells[hole] = cells[next]
                hole = next
            }
            next = after(next)
        }
        cells[hole] = Cell()
    }

    private func cell(of path: RawPath, _ isIt: (ActionID) -> Bool) -> Int? {
        let hash = Self.hash(path)
        var index = Int(hash) & (cells.count - 1)
        while cells[index].number != 0 {
            if cells[index].hash == hash, isIt(ActionID(Int(cells[index].number) - 1)) {
                return index
            }
            index = after(index)
        }
        return nil
    }

    private func after(_ index: Int) -> Int { (index + 1) & (cells.count - 1) }

    private func distance(_ from: Int, _ to: Int) -> Int { (to - from) & (cells.count - 1) }

    private mutating func put(_ cell: Cell) {
        var index = Int(cell.hash) & (cells.count - 1)
        while cells[index].number != 0 { index = after(index) }
        cells[index] = cell
    }

    private mutating func grow(to size: Int) {
        let old = cells
        cells = Array(repeating: Cell(), count: size)
        for cell in old where cell.number != 0 { put(cell) }
    }

    /// Keyed anew in each process: nobody can choose paths that share it.
    private static func hash(_ path: RawPath) -> UInt32 {
        UInt32(truncatingIfNeeded: path.hashValue)
    }
}
