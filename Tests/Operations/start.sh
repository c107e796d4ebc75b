before() { :; }
after() {
    person R-1 > /run/first
    reads "$(cat /run/first)" 200
}
