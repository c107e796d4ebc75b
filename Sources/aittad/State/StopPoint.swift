#if DEBUG
    import Glibc
    import Vault

    /// Ends a debug build's process as a crash does, once a step named in the environment is done: tests see
    /// what it leaves on the disk.
    enum StopPoint {
        static func reached(_ step: RootKeyChange.Step) {
            guard let name = getenv("AITTA_DEBUG_KILL_AFTER"),
                String(cString: name) == step.rawValue
            else { return }
            kill(getpid(), SIGKILL)
        }
    }
#endif
