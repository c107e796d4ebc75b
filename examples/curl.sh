#!/bin/sh
# The life of a customer's record, with curl over the vault's socket.
#
# Who calls is known from the user that runs this; grants say what that user may do. Here the user
# needs the roles checkout, customer-service and dpo.
set -eu

socket="${AITTA_SOCKET:-/run/aitta/aitta.sock}"

# call WHAT METHOD PATH PURPOSE: sends standard input, so that nobody reads it in the list of
# processes, and shows the answer; one of 400 or more ends the script.
call() {
    answer=$(curl --silent --show-error --fail-with-body --unix-socket "$socket" \
        --request "$2" "http://localhost$3" --header "Aitta-Purpose: $4" \
        --header "Content-Type: application/json" --data-binary @-)
    printf '%-8s %s\n' "$1" "$answer"
}

# The name and numbers belong to nobody.
call created POST /v1/records order <<'JSON'
{
  "kind": "person",
  "reference": "EXAMPLE-CURL-1",
  "source": "subject",
  "fields": {
    "name": {"given": "Aino", "family": "Korhonen"},
    "email": "aino@example.fi",
    "phone": "+358 40 123 4567"
  }
}
JSON
id=$(printf '%s' "$answer" | sed 's/.*"id":"\([^"]*\)".*/\1/')

call read GET "/v1/records/$id?fields=name,email" customer-service </dev/null

# Exact, after normalisation of the value.
call found POST /v1/search customer-service <<'JSON'
{"field": "phone", "value": "040 1234567", "fields": ["name"]}
JSON

# A merge patch: what is not named stays as it is, and null removes a field.
call updated PATCH "/v1/records/$id" customer-service <<'JSON'
{"fields": {"phone": "+358 50 765 4321"}}
JSON

# The answer is a signed certificate: keep it.
call erased POST "/v1/records/$id/erasure" data-subject-rights <<'JSON'
{"reason": "erasure-request"}
JSON

# From now on the record answers 410, for ever.
status=$(curl --silent --output /dev/null --write-out '%{http_code}' --unix-socket "$socket" \
    "http://localhost/v1/records/$id" --header "Aitta-Purpose: customer-service")
printf '%-8s %s\n' after "$status"
test "$status" = 410
