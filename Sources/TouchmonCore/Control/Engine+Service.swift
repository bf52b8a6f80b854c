extension Engine {
    /// What a service manager is told. `problems`: how many errors kept the last reading of the action
    /// files from changing anything.
    package func serviceFacts(problems: Int) -> ServiceNotices.Facts {
        var facts = ServiceNotices.Facts()
        facts.isReady = isReady
        facts.isReloading = isReloading || isReloadAsked
        facts.isStopping = isStopping
        facts.endsBy = endsBy
        facts.actions = actions.count
        facts.runs = runs.activeCount
        facts.degraded = degradations
        facts.problems = problems
        return facts
    }
}
