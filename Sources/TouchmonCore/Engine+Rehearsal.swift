/// Runs that are only said: `run --dry-run`.
extension Engine {
    /// A run that would have been started was not, and is over: what is due next is due next.
    package mutating func rehearsed(_ spec: RunSpec, at now: Instant) {
        guard let active = runs.run(spec.number) else { return }
        let path = path(active)
        log(
            .wouldRun(
                path, command(active).identity, argv: spec.argv ?? spec.command.argv,
                active.due.reason), at: now)
        outputs.ended(spec.number, at: now)
        let slot = slot(active)
        end(active)
        noteEnd(active, slot, at: now)
        isOver(active, at: now)
    }
}
