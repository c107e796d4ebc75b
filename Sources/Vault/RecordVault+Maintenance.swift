extension RecordVault {
    /// Does what is due by the vault's clock and that nobody asks for: checkpoints for the outside
    /// witness. To be called every second or so, by one caller.
    public func maintain() async {
        if witnessing.begin(at: clock.nowMilliseconds) { await witnessLog() }
    }
}
