before() { variables "ID=$(cat /run/first)"; }
after() {
    aitta --purpose customer-service consent list "$(cat /run/first)" | grep -q withdrawn
    if aitta --purpose marketing records get "$(cat /run/first)"; then return 1; fi
}
