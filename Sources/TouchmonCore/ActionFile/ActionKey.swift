/// A key of an action: what its value may be, and how it is decoded.
///
/// `all` is the only list of keys: decoding, suggestions and messages follow it.
package struct ActionKey: Sendable {
    /// Puts a value that has the key's form into the definition and reports what is wrong with it.
    typealias Decode =
        @Sendable (
            JSONNode, inout ActionDefinition, inout ActionDecoder
        ) throws(WrongForm) -> Void

    /// The key, as it is written.
    package let name: String
    /// What others call it.
    let aliases: [String]
    package let form: ValueForm
    let decode: Decode
    /// Whether it says how a command runs, and not when: then `on_failure` has it as well.
    package let isOfCommand: Bool

    private init(
        _ name: String, _ form: ValueForm, aliases: [String] = [], ofCommand: Bool = false,
        decode: @escaping Decode
    ) {
        self.name = name
        self.aliases = aliases
        self.form = form
        self.decode = decode
        isOfCommand = ofCommand
    }

    /// Every key of an action, in the order in which they are documented.
    package static let all: [ActionKey] = [
        ActionKey(
            "argv", .strings, aliases: ["command", "cmd", "exec", "run", "program"], ofCommand: true
        ) {
            node, action, decoder throws(WrongForm) in
            action.argv = try decoder.argv(node)
        },
        ActionKey("user", .account, aliases: ["uid", "owner", "run_as"], ofCommand: true) {
            node, action, decoder in
            action.user = decoder.account(node, "user")
            action.userLocation = decoder.source.location(at: node.offset)
        },
        ActionKey("group", .account, aliases: ["gid"], ofCommand: true) { node, action, decoder in
            action.group = decoder.account(node, "group")
        },
        ActionKey("supplementary_groups", .accounts, aliases: ["groups"], ofCommand: true) {
            node, action, decoder throws(WrongForm) in
            action.supplementaryGroups = try decoder.accounts(node, "supplementary_groups")
        },
        ActionKey(
            "environment", .environment, aliases: ["env", "vars", "variables"], ofCommand: true
        ) {
            node, action, decoder throws(WrongForm) in
            action.environment = try decoder.environment(node)
        },
        ActionKey(
            "working_directory", .path, aliases: ["cwd", "chdir", "directory", "workdir"],
            ofCommand: true
        ) {
            node, action, decoder throws(WrongForm) in
            action.workingDirectory = try decoder.absolutePath(node, "working_directory")
        },
        ActionKey("umask", .octal, aliases: ["mask"], ofCommand: true) {
            node, action, decoder throws(WrongForm) in
            action.umask = try decoder.umask(node) ?? action.umask
        },
        ActionKey(
            "limits", .limits, aliases: ["limit", "ulimit", "ulimits", "rlimits"], ofCommand: true
        ) {
            node, action, decoder throws(WrongForm) in
            action.process.limits = try decoder.limits(node)
        },
        ActionKey("nice", .nice, aliases: ["niceness", "priority"], ofCommand: true) {
            node, action, decoder throws(WrongForm) in
            action.process.nice = try decoder.nice(node)
        },
        ActionKey(
            "io_class", .ioClass, aliases: ["ionice", "io_scheduling_class"], ofCommand: true
        ) {
            node, action, decoder throws(WrongForm) in
            action.process.ioClass = try decoder.ioClass(node)
        },
        ActionKey("no_new_privileges", .boolean, aliases: ["no_new_privs"], ofCommand: true) {
            node, action, decoder throws(WrongForm) in
            action.process.noNewPrivileges = try decoder.boolean(node)
        },
        ActionKey("sandbox", .sandbox, aliases: ["landlock"], ofCommand: true) {
            node, action, decoder throws(WrongForm) in
            action.process.sandbox = try decoder.sandbox(node)
        },
        ActionKey("on", .touchKinds, aliases: ["events", "event", "when"]) {
            node, action, decoder throws(WrongForm) in
            action.touch.on = try decoder.touchKinds(node) ?? action.touch.on
        },
        ActionKey("recursive", .boolean, aliases: ["recurse", "deep"]) {
            node, _, decoder throws(WrongForm) in
            decoder.tree.isRecursive = try decoder.boolean(node)
        },
        ActionKey(
            "include", .patterns, aliases: ["filter", "only", "patterns", "glob", "globs"]
        ) {
            node, _, decoder throws(WrongForm) in
            decoder.tree.include = try decoder.include(node)
        },
        ActionKey("exclude", .exclude, aliases: ["ignore", "except"]) {
            node, _, decoder throws(WrongForm) in
            decoder.tree.exclude = try decoder.exclude(node)
        },
        ActionKey("each", .oneOf(TreePolicy.Each.allCases.map(\.rawValue)), aliases: ["per"]) {
            node, _, decoder throws(WrongForm) in
            decoder.tree.each = try decoder.choice(node, "each")
        },
        ActionKey("settle", .settle, aliases: ["debounce", "delay", "quiet"]) {
            node, action, decoder throws(WrongForm) in
            action.settle = try decoder.settle(node) ?? action.settle
        },
        ActionKey("compare", .oneOf(ComparePolicy.allCases.map(\.rawValue))) {
            node, action, decoder throws(WrongForm) in
            action.touch.compare = try decoder.choice(node, "compare") ?? action.touch.compare
        },
        ActionKey("touched_by", .touchedBy, aliases: ["allow", "allowed", "users"]) {
            node, action, decoder throws(WrongForm) in
            action.touchedBy = try decoder.touchedBy(node)
        },
        ActionKey("own_changes", .oneOf(OwnChangesPolicy.allCases.map(\.rawValue))) {
            node, action, decoder throws(WrongForm) in
            action.touch.ownChanges =
                try decoder.choice(node, "own_changes") ?? action.touch.ownChanges
        },
        ActionKey("poll", .duration, aliases: ["interval", "polling", "poll_interval"]) {
            node, action, decoder throws(WrongForm) in
            action.poll = try decoder.poll(node)
        },
        ActionKey("catch_up", .boolean) { node, action, decoder throws(WrongForm) in
            action.catchUp = try decoder.boolean(node)
        },
        ActionKey("interrupted", .oneOf(InterruptedPolicy.allCases.map(\.rawValue))) {
            node, action, decoder throws(WrongForm) in
            action.interrupted =
                try decoder.choice(node, "interrupted") ?? action.interrupted
        },
        ActionKey(
            "output", .oneOf(OutputPolicy.allCases.map(\.rawValue)), aliases: ["stdout"],
            ofCommand: true
        ) {
            node, action, decoder throws(WrongForm) in
            action.output = try decoder.choice(node, "output") ?? action.output
        },
        ActionKey("output_limit", .size, aliases: ["max_output", "output_size"], ofCommand: true) {
            node, action, decoder throws(WrongForm) in
            action.outputLimit = try decoder.outputLimit(node) ?? action.outputLimit
        },
        ActionKey("stdin", .stdin, aliases: ["standard_input", "input"]) {
            node, _, decoder throws(WrongForm) in
            decoder.tree.readsChanges = try decoder.readsChanges(node)
        },
        ActionKey("follow", .oneOf(FollowLevel.allCases.map(\.rawValue))) {
            node, action, decoder throws(WrongForm) in
            action.policy.follow = try decoder.choice(node, "follow") ?? action.policy.follow
        },
        ActionKey("busy", .oneOf(BusyPolicy.allCases.map(\.rawValue)), aliases: ["on_busy"]) {
            node, action, decoder throws(WrongForm) in
            action.policy.busy = try decoder.choice(node, "busy") ?? action.policy.busy
        },
        ActionKey("max_parallel", .count, aliases: ["parallel", "concurrency", "jobs"]) {
            node, action, decoder throws(WrongForm) in
            action.policy.maxParallel =
                try decoder.count(node, "max_parallel", 1...1000) ?? action.policy.maxParallel
        },
        ActionKey("busy_signal", .signal, aliases: ["signal"]) {
            node, action, decoder throws(WrongForm) in
            action.policy.busySignal = try decoder.signal(node) ?? action.policy.busySignal
        },
        ActionKey("timeout", .duration, aliases: ["max_runtime", "runtime_max"], ofCommand: true) {
            node, action, decoder throws(WrongForm) in
            action.policy.timeout = try decoder.positiveDuration(node, "timeout")
        },
        ActionKey("stop_signal", .signal, aliases: ["kill_signal"], ofCommand: true) {
            node, action, decoder throws(WrongForm) in
            action.policy.stopSignal = try decoder.signal(node) ?? action.policy.stopSignal
        },
        ActionKey(
            "stop_timeout", .duration, aliases: ["timeout_stop", "kill_after"], ofCommand: true
        ) {
            node, action, decoder throws(WrongForm) in
            action.policy.stopTimeout =
                try decoder.positiveDuration(node, "stop_timeout") ?? action.policy.stopTimeout
        },
        ActionKey(
            "kill", .oneOf(KillScope.allCases.map(\.rawValue)), aliases: ["kill_mode"],
            ofCommand: true
        ) {
            node, action, decoder throws(WrongForm) in
            action.policy.kill = try decoder.choice(node, "kill") ?? action.policy.kill
        },
        ActionKey("retry", .retry, aliases: ["retries"]) {
            node, action, decoder throws(WrongForm) in
            action.policy.retry = try decoder.retry(node)
        },
        ActionKey("rate_limit", .rateLimit, aliases: ["limit", "throttle"]) {
            node, action, decoder throws(WrongForm) in
            action.policy.rateLimit = try decoder.rateLimit(node)
        },
        ActionKey("on_failure", .handler, aliases: ["on_error", "failure"]) {
            node, action, decoder throws(WrongForm) in
            action.onFailure = Shared(try decoder.handler(node, of: action.path))
        },
        ActionKey("run_at_start", .boolean, aliases: ["at_start"]) {
            node, action, decoder throws(WrongForm) in
            action.policy.runAtStart = try decoder.boolean(node)
        },
    ]
}
