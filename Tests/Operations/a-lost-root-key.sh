before() {
    generation > /run/generation
    rm /etc/aitta/keys/root*.key
    cp "$paper" /run/input
}
after() {
    reads "$(cat /run/first)" 200
    [ "$(generation)" = $(($(cat /run/generation) + 1)) ]
    cmp /etc/aitta/keys/keyring/escrow /mnt/other/escrow
    : > /run/input
}
