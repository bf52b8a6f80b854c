internal import TouchmonCore
internal import TouchmonSystem

extension SpawnSettings {
    /// What a command asks for; nil where that is nothing.
    ///
    /// A command of an action file that is not root's gets no more than its user could give himself.
    init?(_ command: RunCommand) {
        let settings = command.process
        guard settings != ProcessSettings() else { return nil }
        self.init(
            nice: settings.nice, ioPriority: settings.ioClass.map(SpawnIOPriority.init),
            limits: settings.limits.map(SpawnLimit.init),
            noNewPrivileges: settings.noNewPrivileges == true,
            sandbox: settings.sandbox.map {
                SpawnAllowed($0.path.bytes, SpawnAllowed.Access($0.access))
            },
            asUser: command.reader != nil)
    }
}

extension SpawnIOPriority {
    fileprivate init(_ ioClass: IOClass) {
        let kind: Kind =
            switch ioClass.kind {
            case .realtime: .realtime
            case .bestEffort: .bestEffort
            case .idle: .idle
            }
        self.init(kind, level: ioClass.level)
    }
}

extension SpawnLimit {
    fileprivate init(_ limit: ResourceLimit) {
        let resource: Resource =
            switch limit.resource {
            case .openFiles: .openFiles
            case .processes: .processes
            case .memory: .addressSpace
            case .cpuTime: .processorTime
            case .fileSize: .fileSize
            case .core: .core
            }
        self.init(resource, UInt64(limit.value))
    }
}

extension SpawnAllowed.Access {
    fileprivate init(_ access: SandboxPath.Access) {
        self =
            switch access {
            case .read: .read
            case .write: .write
            case .execute: .execute
            }
    }
}
