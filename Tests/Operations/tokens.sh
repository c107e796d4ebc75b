before() { :; }
after() {
    [ -s /etc/shop-a/aitta.token ]
    if aitta --token-file /etc/shop-a/aitta.token --purpose order records get "$(cat /run/first)"; then return 1; fi
}
