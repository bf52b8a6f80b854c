package import TouchmonCore
internal import TouchmonSystem

/// Where a daemon's state directory is.
package enum StateLocation {
    /// Where a daemon's control socket is: in `directory` if one is given; else below /run as root, and below
    /// the XDG runtime directory as another user, or with the ledger where there is none.
    package static func control(name: String, directory: [UInt8]?) -> RawPath {
        let socket = Array("control".utf8)
        guard directory == nil else {
            return path(name: name, directory: directory).appending(socket)
        }
        if CurrentProcess.isRoot { return rootsControl(name: name) }
        guard let runtime = CurrentProcess.environment("XDG_RUNTIME_DIR"), !runtime.isEmpty else {
            return path(name: name, directory: nil).appending(socket)
        }
        return RawPath(bytes: runtime).appending(Array("touchmon".utf8))
            .appending(Array(name.utf8)).appending(socket)
    }

    /// The same of the daemon that somebody means: his own where it listens, else root's.
    package static func controlOfAny(name: String, directory: [UInt8]?) -> RawPath {
        let own = control(name: name, directory: directory)
        guard directory == nil, !CurrentProcess.isRoot else { return own }
        let roots = rootsControl(name: name)
        for path in [own, roots] where (try? ControlSocket(connectingTo: path.bytes)) != nil {
            return path
        }
        return own
    }

    private static func rootsControl(name: String) -> RawPath {
        RawPath("/run/touchmon/\(name)/control")
    }

    /// A path as it is meant where the program was started.
    package static func absolute(_ path: [UInt8]) -> RawPath {
        let current = (try? CurrentProcess.workingDirectory()) ?? Array("/".utf8)
        return RawPath(bytes: path).normalized(relativeTo: RawPath(bytes: current))
    }

    /// `directory` if one is given; else below /var/lib as root, and below the XDG state directory as
    /// another user.
    package static func path(name: String, directory: [UInt8]?) -> RawPath {
        if let directory { return absolute(directory) }
        let base: RawPath
        if CurrentProcess.isRoot {
            base = RawPath("/var/lib")
        } else if let state = CurrentProcess.environment("XDG_STATE_HOME"), !state.isEmpty {
            base = RawPath(bytes: state)
        } else {
            let home = CurrentProcess.environment("HOME") ?? Array("/".utf8)
            base = RawPath(bytes: home).appending(Array(".local/state".utf8))
        }
        return base.appending(Array("touchmon".utf8)).appending(Array(name.utf8))
    }
}
