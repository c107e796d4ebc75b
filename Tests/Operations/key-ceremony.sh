# machine: new
before() { :; }
# The paper is what the first block showed: it is typed in from there.
before_block() { if [ "$1" = 2 ]; then cp /run/aitta-init/recovery.key /run/input; fi; }
after() {
    curl -sf --unix-socket /run/aitta/aitta.sock http://vault/readyz
    [ ! -e /etc/aitta/keys/root.key ] && [ ! -e /run/aitta-init/recovery.key ]
    cmp /etc/aitta/keys/keyring/escrow /mnt/other/escrow
    systemctl stop aittad
}
