import TouchmonCore

extension History {
    /// The smallest history that still breaks a promise: steps are left out, large groups of them
    /// first, then actions made plain, as long as `fails`.
    package func shrunk(while fails: (History) -> Bool) -> History {
        var best = self
        var size = max(1, best.steps.count / 2)
        while true {
            var start = 0
            var isSmaller = false
            while start < best.steps.count {
                var next = best
                next.steps.removeSubrange(start..<min(start + size, best.steps.count))
                if fails(next) {
                    best = next
                    isSmaller = true
                } else {
                    start += size
                }
            }
            if size == 1, !isSmaller { break }
            size = max(1, size / 2)
        }
        for index in best.actions.indices {
            for plain in [
                \Action.settle, \Action.argument,
            ] {
                var next = best
                next.actions[index][keyPath: plain] = 0
                if fails(next) { best = next }
            }
            var next = best
            next.actions[index].catchUp = true
            if fails(next) { best = next }
            next = best
            next.actions[index].interrupted = .rerun
            if fails(next) { best = next }
        }
        return best
    }
}
