// swift-format-ignore-file: docs/openapi.yaml, put here by tools/embed-openapi

/// The description of the interface (OpenAPI 3.1).
let openAPIDocument = #"""
    openapi: 3.1.0
    info:
      title: Aitta
      version: "1"
      license:
        name: Apache-2.0
        identifier: Apache-2.0
      summary: A secure, encrypted vault of personal data, over a Unix socket.
      description: |
        HTTP/1.1 over the Unix socket `/run/aitta/aitta.sock`. Bodies are JSON in UTF-8, times RFC 3339
        UTC, ids UUIDs in lower case.

        **Who calls** comes from the kernel (SO_PEERCRED): user, group and the user's groups. What they
        may do, grants say. Without one, only health and this description are answered.

        **Purpose.** `Aitta-Purpose` is required wherever personal data is read or written, and must be
        one that a grant of the caller allows.

        **Strictness.** Unknown query parameters and unknown members of a body are refused. JSON is read
        strictly: no duplicate names, no byte order mark, no lone surrogate, no U+0000, at most 32 levels.

        **Errors** are `application/problem+json` (RFC 9457). They never repeat what was sent. Programs
        decide by `code` alone.

        **Limits** (defaults): body 1 MiB, header 16 KiB and 64 fields, 256 connections, 128 of them for
        one uid, 8 further ones for health; 10 s for a whole request from its first byte, 10 s for a
        client to read an answer, 60 s idle. Methods that a path does not take are answered with 405 and
        `Allow`; a path that does not exist with 404 `no_such_route`.
    servers:
      - url: http://localhost
        description: Any host name does; the socket decides.
    tags:
      - name: health
      - name: records
      - name: search
      - name: batch
      - name: erasure
      - name: rights
      - name: access
      - name: vault
    paths:
      /healthz:
        get:
          tags: [health]
          operationId: getHealth
          summary: Does the process live and answer? Needs no grant.
          responses:
            "200":
              $ref: "#/components/responses/Health"
            default:
              $ref: "#/components/responses/Problem"
      /readyz:
        get:
          tags: [health]
          operationId: getReadiness
          summary: Would the vault serve? Needs no grant.
          responses:
            "200":
              $ref: "#/components/responses/Health"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/unseal:
        post:
          tags: [vault]
          operationId: unseal
          summary: Gives the passphrase that a sealed vault waits for.
          description: |
            Needs no grant: it is answered to the daemon's own user and to root alone, as the kernel names them.
            The body is the passphrase, byte for byte. Until it is given, `/healthz` answers, `/readyz` answers
            `not_ready` with the detail `sealed`, and everything else 503 `sealed`. One attempt is made at a time,
            and after five wrong ones in a minute none.
          requestBody:
            required: true
            content:
              application/octet-stream:
                schema:
                  type: string
                  format: binary
                  maxLength: 1024
          responses:
            "200":
              description: The vault is open, and serves.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    type: object
                    required: [status]
                    properties:
                      status:
                        const: open
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              description: "`not_granted` for other users; `wrong_passphrase`."
              content:
                application/problem+json:
                  schema:
                    $ref: "#/components/schemas/Problem"
            "409":
              description: "`conflict`: the vault is open already."
              content:
                application/problem+json:
                  schema:
                    $ref: "#/components/schemas/Problem"
            "413":
              $ref: "#/components/responses/TooLarge"
            "429":
              description: "`too_many_attempts`, with `Retry-After`."
              headers:
                Retry-After:
                  $ref: "#/components/headers/RetryAfter"
              content:
                application/problem+json:
                  schema:
                    $ref: "#/components/schemas/Problem"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/openapi.yaml:
        get:
          tags: [vault]
          operationId: getDescription
          summary: This description. Needs no grant.
          responses:
            "200":
              description: The description.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/yaml:
                  schema:
                    type: string
            default:
              $ref: "#/components/responses/Problem"
      /v1/status:
        get:
          tags: [vault]
          operationId: getStatus
          summary: State of the vault, in counts and names; no personal data.
          description: For `admin`, `key-custodian` and `auditor`.
          responses:
            "200":
              description: The state.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/Status"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /metrics:
        get:
          tags: [vault]
          operationId: getMetrics
          summary: What the daemon measures; no personal data, no ids.
          description: >-
            For `monitoring`, `admin`, `key-custodian` and `auditor`. Prometheus' text format 0.0.4. Each
            scrape leaves an audit entry.
          responses:
            "200":
              description: The metrics.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                text/plain; version=0.0.4; charset=utf-8:
                  schema:
                    type: string
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/records:
        post:
          tags: [records]
          operationId: createRecord
          summary: Stores a person, a company or a contact person.
          parameters:
            - $ref: "#/components/parameters/Purpose"
            - $ref: "#/components/parameters/IdempotencyKey"
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  $ref: "#/components/schemas/RecordCreation"
          responses:
            "201":
              description: The record was stored, durably.
              headers:
                Location:
                  description: Its path.
                  schema:
                    type: string
                ETag:
                  $ref: "#/components/headers/ETag"
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/Written"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownRecord"
            "409":
              $ref: "#/components/responses/Conflict"
            "410":
              $ref: "#/components/responses/Erased"
            "413":
              $ref: "#/components/responses/TooLarge"
            "415":
              $ref: "#/components/responses/NotJSON"
            "422":
              $ref: "#/components/responses/Invalid"
            "429":
              $ref: "#/components/responses/TooMany"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
        get:
          tags: [records]
          operationId: listRecords
          summary: Ids and states, no personal data; with `purpose`, whom that purpose may reach now.
          description: |
            With `purpose`, and for a purpose that rests on consent or is open to objection in any case, only
            those are listed whom it may reach now: live, not restricted, with a consent that stands where
            one is needed, without an objection. Such a request opens up to 10,000 records: a page may hold
            fewer items than `limit`, even none, and have a `next`.
          parameters:
            - name: Aitta-Purpose
              in: header
              description: Required, unless the query has `purpose`.
              schema:
                type: string
            - name: purpose
              in: query
              description: The purpose; the same as in the header, where that is present.
              schema:
                type: string
              example: marketing
            - $ref: "#/components/parameters/Limit"
            - $ref: "#/components/parameters/After"
          responses:
            "200":
              description: A page.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/RecordPage"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/records/{id}:
        parameters:
          - $ref: "#/components/parameters/RecordId"
        get:
          tags: [records]
          operationId: readRecord
          summary: Reads fields of a record.
          description: |
            Without `fields`, all that the grant allows are answered; a named field that it does not
            allow is refused with 403. A field that the grant allows but that can't be shown is named in
            `withheld`.
          parameters:
            - $ref: "#/components/parameters/Purpose"
            - $ref: "#/components/parameters/Fields"
            - $ref: "#/components/parameters/View"
            - $ref: "#/components/parameters/Include"
          responses:
            "200":
              description: The record.
              headers:
                ETag:
                  $ref: "#/components/headers/ETag"
                Cache-Control:
                  $ref: "#/components/headers/NoStore"
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/Record"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownRecord"
            "410":
              $ref: "#/components/responses/Erased"
            "422":
              $ref: "#/components/responses/Invalid"
            "423":
              $ref: "#/components/responses/Restricted"
            "429":
              $ref: "#/components/responses/TooMany"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
        patch:
          tags: [records]
          operationId: updateRecord
          summary: Changes fields by JSON merge patch (RFC 7396); `null` removes one.
          description: |
            A part of an object, such as a street, is merged into it for whoever may read the field. For all
            others the object given takes the place of the whole: merged with what they don't see, a refusal
            would tell of it.
          parameters:
            - $ref: "#/components/parameters/Purpose"
            - $ref: "#/components/parameters/IfMatch"
          requestBody:
            required: true
            content:
              application/merge-patch+json:
                schema:
                  $ref: "#/components/schemas/Update"
              application/json:
                schema:
                  $ref: "#/components/schemas/Update"
          responses:
            "200":
              description: The record was changed, durably.
              headers:
                ETag:
                  $ref: "#/components/headers/ETag"
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/Written"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownRecord"
            "409":
              $ref: "#/components/responses/Conflict"
            "410":
              $ref: "#/components/responses/Erased"
            "412":
              $ref: "#/components/responses/VersionMismatch"
            "413":
              $ref: "#/components/responses/TooLarge"
            "415":
              $ref: "#/components/responses/NotJSON"
            "422":
              $ref: "#/components/responses/Invalid"
            "423":
              $ref: "#/components/responses/Restricted"
            "429":
              $ref: "#/components/responses/TooMany"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/records/{id}/verify:
        parameters:
          - $ref: "#/components/parameters/RecordId"
        post:
          tags: [records]
          operationId: verifyField
          summary: Compares a value with a field, to identify a caller without reading.
          description: Failures are limited for each record.
          parameters:
            - $ref: "#/components/parameters/Purpose"
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  $ref: "#/components/schemas/FieldValue"
          responses:
            "200":
              description: Whether they are equal after normalisation.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/Match"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownRecord"
            "410":
              $ref: "#/components/responses/Erased"
            "413":
              $ref: "#/components/responses/TooLarge"
            "415":
              $ref: "#/components/responses/NotJSON"
            "422":
              $ref: "#/components/responses/Invalid"
            "423":
              $ref: "#/components/responses/Restricted"
            "429":
              $ref: "#/components/responses/TooMany"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/records/{id}/contacts:
        parameters:
          - $ref: "#/components/parameters/RecordId"
        get:
          tags: [records]
          operationId: readContacts
          summary: The contact persons of a company, records of their own.
          parameters:
            - $ref: "#/components/parameters/Purpose"
            - $ref: "#/components/parameters/Fields"
            - $ref: "#/components/parameters/View"
            - $ref: "#/components/parameters/Include"
          responses:
            "200":
              description: The contact persons.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    type: object
                    required: [items, next]
                    properties:
                      items:
                        type: array
                        items:
                          $ref: "#/components/schemas/Record"
                      next:
                        type: "null"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownRecord"
            "410":
              $ref: "#/components/responses/Erased"
            "422":
              $ref: "#/components/responses/Invalid"
            "429":
              $ref: "#/components/responses/TooMany"
            "423":
              $ref: "#/components/responses/Restricted"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/records/{id}/history:
        parameters:
          - $ref: "#/components/parameters/RecordId"
        get:
          tags: [records]
          operationId: readHistory
          summary: What was done with a record, oldest first; ids and codes only.
          description: |
            For `auditor` and `dpo`. It is read from the audit log, in full where need be: on a large log that
            takes seconds. Erased records keep their history; an id that no record ever had has none. Looks
            at the history are in the audit log, but not in the history.

            `view=subject` is for the person whom the record is about (GDPR 15; CJEU C-579/21): dates,
            purposes, operations and the names of the fields. The purpose tells the kind of recipient.
            Nobody who did it is named, and what was refused is left out.
          parameters:
            - $ref: "#/components/parameters/Limit"
            - name: after
              in: query
              description: "`next` of the page before: the number of its last entry."
              schema:
                type: integer
                minimum: 0
            - name: view
              in: query
              description: Whom the history is for; without it, those who oversee the vault.
              schema:
                const: subject
          responses:
            "200":
              description: A page; empty for an id that no record has or had.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    type: object
                    required: [items, next]
                    properties:
                      items:
                        type: array
                        items:
                          $ref: "#/components/schemas/HistoryEntry"
                      next:
                        $ref: "#/components/schemas/Next"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownRecord"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/records/{id}/erasure:
        parameters:
          - $ref: "#/components/parameters/RecordId"
        post:
          tags: [erasure]
          operationId: eraseRecord
          summary: Destroys the keys of a record, or of compartments of it.
          description: |
            Durable once it is answered. A repeat after a whole erasure answers the same certificate.
            The reason is a code and never free text, since it is kept.
          parameters:
            - $ref: "#/components/parameters/Purpose"
            - $ref: "#/components/parameters/IdempotencyKey"
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  $ref: "#/components/schemas/Erasure"
          responses:
            "200":
              description: The signed certificate.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/Certificate"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownRecord"
            "409":
              $ref: "#/components/responses/Conflict"
            "413":
              $ref: "#/components/responses/TooLarge"
            "415":
              $ref: "#/components/responses/NotJSON"
            "422":
              $ref: "#/components/responses/Invalid"
            "429":
              $ref: "#/components/responses/TooMany"
            "423":
              $ref: "#/components/responses/Restricted"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
        get:
          tags: [erasure]
          operationId: readCertificates
          summary: The erasure certificates of a record.
          responses:
            "200":
              description: The certificates, oldest first.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    type: object
                    required: [items, next]
                    properties:
                      items:
                        type: array
                        items:
                          $ref: "#/components/schemas/Certificate"
                      next:
                        type: "null"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownRecord"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/records/{id}/consents:
        parameters:
          - $ref: "#/components/parameters/RecordId"
        post:
          tags: [rights]
          operationId: recordConsent
          summary: Records that a consent was given or withdrawn.
          description: |
            In effect with the next request; a withdrawal is answered once no answer from before is under way.
            The purpose in the body is the one consented to. It must rest on consent alone for records of this
            kind (422 else); the purpose of the header is that of the work at hand. The same said again, with the
            same time, is no change.

            A consent stands while the entry recorded last is `given` and no withdrawal bears a later time.
            The history keeps 200 entries or 32,000 bytes, then it takes no further consent (409); withdrawals
            have room beyond that.
          parameters:
            - $ref: "#/components/parameters/Purpose"
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  $ref: "#/components/schemas/ConsentEntry"
          responses:
            "201":
              description: It is recorded, durably.
              headers:
                ETag:
                  $ref: "#/components/headers/ETag"
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/Written"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownRecord"
            "409":
              $ref: "#/components/responses/Conflict"
            "410":
              $ref: "#/components/responses/Erased"
            "413":
              $ref: "#/components/responses/TooLarge"
            "415":
              $ref: "#/components/responses/NotJSON"
            "422":
              $ref: "#/components/responses/Invalid"
            "423":
              $ref: "#/components/responses/Restricted"
            "429":
              $ref: "#/components/responses/TooMany"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
        get:
          tags: [rights]
          operationId: readConsents
          summary: All that was recorded of a record's consents, the newest last.
          parameters:
            - $ref: "#/components/parameters/Purpose"
          responses:
            "200":
              description: The history.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    type: object
                    required: [items, next]
                    properties:
                      items:
                        type: array
                        items:
                          $ref: "#/components/schemas/Consent"
                      next:
                        type: "null"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownRecord"
            "410":
              $ref: "#/components/responses/Erased"
            "423":
              $ref: "#/components/responses/Restricted"
            "429":
              $ref: "#/components/responses/TooMany"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/records/{id}/objections:
        parameters:
          - $ref: "#/components/parameters/RecordId"
        get:
          tags: [rights]
          operationId: readObjections
          summary: All that was recorded of a record's objections, the newest last.
          parameters:
            - $ref: "#/components/parameters/Purpose"
          responses:
            "200":
              description: The history.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    type: object
                    required: [items, next]
                    properties:
                      items:
                        type: array
                        items:
                          $ref: "#/components/schemas/Objection"
                      next:
                        type: "null"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownRecord"
            "410":
              $ref: "#/components/responses/Erased"
            "423":
              $ref: "#/components/responses/Restricted"
            "429":
              $ref: "#/components/responses/TooMany"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/records/{id}/objections/{purpose}:
        parameters:
          - $ref: "#/components/parameters/RecordId"
          - name: purpose
            in: path
            required: true
            description: A purpose that is open to objection for records of this kind.
            schema:
              type: string
        put:
          tags: [rights]
          operationId: recordObjection
          summary: Records that somebody objects to a purpose (GDPR 21).
          description: |
            In effect with the next request; answered once no answer from before is under way. An empty body
            while an objection stands is no change.
          parameters:
            - $ref: "#/components/parameters/Purpose"
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  $ref: "#/components/schemas/Statement"
          responses:
            "200":
              description: It is recorded, durably.
              headers:
                ETag:
                  $ref: "#/components/headers/ETag"
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/Written"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownRecord"
            "409":
              $ref: "#/components/responses/Conflict"
            "410":
              $ref: "#/components/responses/Erased"
            "413":
              $ref: "#/components/responses/TooLarge"
            "415":
              $ref: "#/components/responses/NotJSON"
            "422":
              $ref: "#/components/responses/Invalid"
            "423":
              $ref: "#/components/responses/Restricted"
            "429":
              $ref: "#/components/responses/TooMany"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
        delete:
          tags: [rights]
          operationId: liftObjection
          summary: Records that the objection is lifted.
          parameters:
            - $ref: "#/components/parameters/Purpose"
          responses:
            "200":
              description: It is recorded, or none stood.
              headers:
                ETag:
                  $ref: "#/components/headers/ETag"
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/Written"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownRecord"
            "409":
              $ref: "#/components/responses/Conflict"
            "410":
              $ref: "#/components/responses/Erased"
            "422":
              $ref: "#/components/responses/Invalid"
            "423":
              $ref: "#/components/responses/Restricted"
            "429":
              $ref: "#/components/responses/TooMany"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/records/{id}/restriction:
        parameters:
          - $ref: "#/components/parameters/RecordId"
        get:
          tags: [rights]
          operationId: readRestriction
          summary: Whether processing of the record is restricted.
          parameters:
            - $ref: "#/components/parameters/Purpose"
          responses:
            "200":
              description: The answer.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/Restriction"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownRecord"
            "410":
              $ref: "#/components/responses/Erased"
            "423":
              $ref: "#/components/responses/Restricted"
            "429":
              $ref: "#/components/responses/TooMany"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
        put:
          tags: [rights]
          operationId: restrictRecord
          summary: Restricts processing (GDPR 18).
          description: |
            The record is stored, and reached for `data-subject-rights` alone: reads, updates, verifications,
            erasures and what is said of it for any other purpose are answered with 423. A search that finds it
            shows that it is there, and no field. In effect with the next request; answered once no answer from
            before is under way.
          parameters:
            - $ref: "#/components/parameters/Purpose"
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  $ref: "#/components/schemas/RestrictionSetting"
          responses:
            "200":
              description: It is restricted, durably.
              headers:
                ETag:
                  $ref: "#/components/headers/ETag"
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/Written"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownRecord"
            "409":
              $ref: "#/components/responses/Conflict"
            "410":
              $ref: "#/components/responses/Erased"
            "413":
              $ref: "#/components/responses/TooLarge"
            "415":
              $ref: "#/components/responses/NotJSON"
            "422":
              $ref: "#/components/responses/Invalid"
            "423":
              $ref: "#/components/responses/Restricted"
            "429":
              $ref: "#/components/responses/TooMany"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
        delete:
          tags: [rights]
          operationId: liftRestriction
          summary: Lifts the restriction.
          parameters:
            - $ref: "#/components/parameters/Purpose"
          responses:
            "200":
              description: It is lifted, or there was none.
              headers:
                ETag:
                  $ref: "#/components/headers/ETag"
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/Written"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownRecord"
            "409":
              $ref: "#/components/responses/Conflict"
            "410":
              $ref: "#/components/responses/Erased"
            "422":
              $ref: "#/components/responses/Invalid"
            "423":
              $ref: "#/components/responses/Restricted"
            "429":
              $ref: "#/components/responses/TooMany"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/records/{id}/holds:
        parameters:
          - $ref: "#/components/parameters/RecordId"
        get:
          tags: [rights]
          operationId: readHolds
          summary: What holds the record back from erasure, and what of an erasure waits for it.
          parameters:
            - $ref: "#/components/parameters/Purpose"
          responses:
            "200":
              description: The answer.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/Holds"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownRecord"
            "410":
              $ref: "#/components/responses/Erased"
            "423":
              $ref: "#/components/responses/Restricted"
            "429":
              $ref: "#/components/responses/TooMany"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/records/{id}/holds/{name}:
        parameters:
          - $ref: "#/components/parameters/RecordId"
          - name: name
            in: path
            required: true
            description: The hold's name, a code.
            schema:
              type: string
              pattern: "^[a-z0-9-]{1,64}$"
        put:
          tags: [rights]
          operationId: setHold
          summary: Holds compartments of the record back from erasure (GDPR 17(3)).
          description: |
            An erasure destroys what nothing holds, and says of the rest on what ground it stays and until when.
            It waits, and is carried out by itself once nothing holds it any more. Set again, the hold takes the
            place of the one of its name.
          parameters:
            - $ref: "#/components/parameters/Purpose"
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  $ref: "#/components/schemas/HoldSetting"
          responses:
            "200":
              description: It is held, durably.
              headers:
                ETag:
                  $ref: "#/components/headers/ETag"
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/Written"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownRecord"
            "409":
              $ref: "#/components/responses/Conflict"
            "410":
              $ref: "#/components/responses/Erased"
            "413":
              $ref: "#/components/responses/TooLarge"
            "415":
              $ref: "#/components/responses/NotJSON"
            "422":
              $ref: "#/components/responses/Invalid"
            "423":
              $ref: "#/components/responses/Restricted"
            "429":
              $ref: "#/components/responses/TooMany"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
        delete:
          tags: [rights]
          operationId: endHold
          summary: Ends a hold, and erases what waited for it and nothing else holds.
          parameters:
            - $ref: "#/components/parameters/Purpose"
          responses:
            "200":
              description: It is ended, or there was none; what waited for it is destroyed.
              headers:
                ETag:
                  $ref: "#/components/headers/ETag"
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/EndedHold"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownRecord"
            "409":
              $ref: "#/components/responses/Conflict"
            "410":
              $ref: "#/components/responses/Erased"
            "422":
              $ref: "#/components/responses/Invalid"
            "423":
              $ref: "#/components/responses/Restricted"
            "429":
              $ref: "#/components/responses/TooMany"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/records/{id}/protection:
        parameters:
          - $ref: "#/components/parameters/RecordId"
        get:
          tags: [rights]
          operationId: readProtection
          summary: Whether the person's whereabouts are protected now.
          parameters:
            - $ref: "#/components/parameters/Purpose"
          responses:
            "200":
              description: The answer.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/Protection"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownRecord"
            "410":
              $ref: "#/components/responses/Erased"
            "423":
              $ref: "#/components/responses/Restricted"
            "429":
              $ref: "#/components/responses/TooMany"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
        put:
          tags: [rights]
          operationId: protectRecord
          summary: Protects a person's whereabouts (turvakielto).
          description: |
            Until its end, fields of type `address` and `phone` are withheld as `protected`, masked views
            included, from all whose grants do not name the operation `protected` for them. Nobody else finds
            the record by them, or verifies them. In effect with the next request; answered once no answer from
            before is under way. Set again, the new end takes the place of the old.
          parameters:
            - $ref: "#/components/parameters/Purpose"
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  $ref: "#/components/schemas/ProtectionSetting"
          responses:
            "200":
              description: The person is protected, durably.
              headers:
                ETag:
                  $ref: "#/components/headers/ETag"
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/Written"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownRecord"
            "409":
              $ref: "#/components/responses/Conflict"
            "410":
              $ref: "#/components/responses/Erased"
            "413":
              $ref: "#/components/responses/TooLarge"
            "415":
              $ref: "#/components/responses/NotJSON"
            "422":
              $ref: "#/components/responses/Invalid"
            "423":
              $ref: "#/components/responses/Restricted"
            "429":
              $ref: "#/components/responses/TooMany"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
        delete:
          tags: [rights]
          operationId: endProtection
          summary: Ends the protection before its time.
          parameters:
            - $ref: "#/components/parameters/Purpose"
          responses:
            "200":
              description: It is ended, or there was none.
              headers:
                ETag:
                  $ref: "#/components/headers/ETag"
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/Written"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownRecord"
            "409":
              $ref: "#/components/responses/Conflict"
            "410":
              $ref: "#/components/responses/Erased"
            "422":
              $ref: "#/components/responses/Invalid"
            "423":
              $ref: "#/components/responses/Restricted"
            "429":
              $ref: "#/components/responses/TooMany"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/protections:
        get:
          tags: [rights]
          operationId: listProtections
          summary: Protections that end soon, or have ended and were not removed.
          description: |
            A request opens up to 10,000 records: a page may hold fewer items than `limit`, even none, and have
            a `next`.
          parameters:
            - $ref: "#/components/parameters/Purpose"
            - name: before
              in: query
              required: true
              description: Those that end before this time.
              schema:
                type: string
                format: date-time
            - $ref: "#/components/parameters/Limit"
            - $ref: "#/components/parameters/After"
          responses:
            "200":
              description: A page, in the order of ids.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    type: object
                    required: [items, next]
                    properties:
                      items:
                        type: array
                        items:
                          $ref: "#/components/schemas/ListedProtection"
                      next:
                        $ref: "#/components/schemas/Next"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/search:
        post:
          tags: [search]
          operationId: search
          summary: Finds records by an exact value after normalisation; one query or many.
          parameters:
            - $ref: "#/components/parameters/Purpose"
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  oneOf:
                    - $ref: "#/components/schemas/Query"
                    - $ref: "#/components/schemas/Queries"
          responses:
            "200":
              description: For one query its matches, for many one result each, in order.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    oneOf:
                      - $ref: "#/components/schemas/Matches"
                      - $ref: "#/components/schemas/QueryResults"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "413":
              $ref: "#/components/responses/TooLarge"
            "415":
              $ref: "#/components/responses/NotJSON"
            "422":
              $ref: "#/components/responses/Invalid"
            "429":
              $ref: "#/components/responses/TooMany"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/batch/read:
        post:
          tags: [batch]
          operationId: readBatch
          summary: Reads up to 1,000 records.
          parameters:
            - $ref: "#/components/parameters/Purpose"
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  $ref: "#/components/schemas/BatchRead"
          responses:
            "200":
              description: One result for each id, in order.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/BatchReadResults"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "413":
              $ref: "#/components/responses/TooLarge"
            "415":
              $ref: "#/components/responses/NotJSON"
            "422":
              $ref: "#/components/responses/Invalid"
            "429":
              $ref: "#/components/responses/TooMany"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/batch/write:
        post:
          tags: [batch]
          operationId: writeBatch
          summary: Creates and updates up to 1,000 records, each atomic alone.
          description: |
            With `Idempotency-Key`, a repeat of the whole request answers the same results, but `erased`
            for records erased since. An operation with `dryRun` is checked and writes nothing.
          parameters:
            - $ref: "#/components/parameters/Purpose"
            - $ref: "#/components/parameters/IdempotencyKey"
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  $ref: "#/components/schemas/BatchWrite"
          responses:
            "200":
              description: One result for each operation, in order.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/BatchWriteResults"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "413":
              $ref: "#/components/responses/TooLarge"
            "415":
              $ref: "#/components/responses/NotJSON"
            "422":
              $ref: "#/components/responses/Invalid"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/grants:
        get:
          tags: [access]
          operationId: listGrants
          summary: All grants.
          responses:
            "200":
              description: The grants.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    type: object
                    required: [items, next]
                    properties:
                      items:
                        type: array
                        items:
                          $ref: "#/components/schemas/Grant"
                      next:
                        type: "null"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
        post:
          tags: [access]
          operationId: addGrant
          summary: Binds a principal to a role.
          description: |
            Names are resolved when granted. Nobody grants to themselves, and a principal never holds
            data and administrative roles at once.
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  $ref: "#/components/schemas/NewGrant"
          responses:
            "201":
              description: The grant holds.
              headers:
                Location:
                  description: Its path.
                  schema:
                    type: string
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    type: object
                    required: [id, version]
                    properties:
                      id:
                        $ref: "#/components/schemas/Id"
                      version:
                        $ref: "#/components/schemas/PolicyVersion"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "409":
              $ref: "#/components/responses/Conflict"
            "413":
              $ref: "#/components/responses/TooLarge"
            "415":
              $ref: "#/components/responses/NotJSON"
            "422":
              $ref: "#/components/responses/Invalid"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/tokens:
        get:
          tags: [access]
          operationId: listTokens
          summary: All tokens, without their secrets.
          responses:
            "200":
              description: The tokens.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    type: object
                    required: [items, next]
                    properties:
                      items:
                        type: array
                        items:
                          $ref: "#/components/schemas/Token"
                      next:
                        type: "null"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
        post:
          tags: [access]
          operationId: addToken
          summary: Makes a token for a service that shares its uid with others.
          description: |
            The token is in this answer and in no other: the vault keeps a keyed hash of it. It may nothing
            until it is granted a role as `token:NAME`; presented (`Authorization: Bearer`), its grants
            apply in place of the uid's. Only the users named may present it.
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  $ref: "#/components/schemas/NewToken"
          responses:
            "201":
              description: The token may be presented.
              headers:
                Location:
                  description: Its path.
                  schema:
                    type: string
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    type: object
                    required: [name, token, version]
                    properties:
                      name:
                        type: string
                      token:
                        description: 256 random bits, shown this once.
                        type: string
                        pattern: "^aitta_[A-Za-z0-9_-]{43}$"
                      version:
                        $ref: "#/components/schemas/PolicyVersion"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "409":
              $ref: "#/components/responses/Conflict"
            "413":
              $ref: "#/components/responses/TooLarge"
            "415":
              $ref: "#/components/responses/NotJSON"
            "422":
              $ref: "#/components/responses/Invalid"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/tokens/{name}:
        parameters:
          - name: name
            in: path
            required: true
            description: The token.
            schema:
              type: string
        delete:
          tags: [access]
          operationId: revokeToken
          summary: Ends a token and the grants to it; answered once no answer under it is still on its way.
          responses:
            "200":
              description: The token is no longer known.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    type: object
                    required: [version]
                    properties:
                      version:
                        $ref: "#/components/schemas/PolicyVersion"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownToken"
            "409":
              $ref: "#/components/responses/Conflict"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/grants/confirmation:
        post:
          tags: [access]
          operationId: confirmGrants
          summary: Put grants in force again that a restore has suspended.
          description: |
            A policy that was restored and is older than the one before comes back with all grants but those of
            `admin` suspended, since they may have been taken away meanwhile: look at them first.
          responses:
            "200":
              description: They are in force.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    type: object
                    required: [version, confirmed]
                    properties:
                      version:
                        type: integer
                        description: Of the access policy.
                      confirmed:
                        type: integer
                        description: How many grants were suspended.
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "409":
              $ref: "#/components/responses/Problem"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/backups:
        get:
          tags: [vault]
          operationId: getBackups
          summary: What runs, what came of the last backup and drill, and the parts that there are.
          description: For `key-custodian`.
          responses:
            "200":
              description: The state of backups.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/Backups"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
        post:
          tags: [vault]
          operationId: startBackup
          summary: Start a backup, of one moment, while the vault serves.
          description: |
            For `key-custodian`. Writes a records part and a keys part, the whole or what changed since the last,
            and reads both again. A directory that is named must belong to the daemon's user, with mode 0700.
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  $ref: "#/components/schemas/BackupRequest"
          responses:
            "202":
              description: It runs; `GET` says how far it is.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/Backups"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "409":
              $ref: "#/components/responses/Problem"
            "422":
              $ref: "#/components/responses/Problem"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/backups/drill:
        post:
          tags: [vault]
          operationId: startBackupDrill
          summary: Rehearse a restore of the newest parts; no personal data leaves.
          description: |
            For `key-custodian`. Restores into a temporary place, with the keyring and the ledger of now, verifies
            everything as `aittad check` does, and holds it against the vault.
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  $ref: "#/components/schemas/BackupRequest"
          responses:
            "202":
              description: It runs; `GET /v1/backups` says how far it is.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/Backups"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "409":
              $ref: "#/components/responses/Problem"
            "422":
              $ref: "#/components/responses/Problem"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/grants/explanation:
        get:
          tags: [access]
          operationId: explainAccess
          summary: Whether a principal may do something now, and by which rule.
          description: |
            A user is asked about with all groups that the user database knows. Where a record is named, its
            consents, objections, restriction and protection count.
          parameters:
            - name: principal
              in: query
              required: true
              description: "`user:NAME`, `uid:N`, `group:NAME`, `gid:N` or `token:NAME`."
              schema:
                type: string
            - name: operation
              in: query
              schema:
                type: string
                default: read
            - name: field
              in: query
              schema:
                type: string
            - name: purpose
              in: query
              schema:
                type: string
            - name: record
              in: query
              schema:
                $ref: "#/components/schemas/Id"
          responses:
            "200":
              description: The answer.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    type: object
                    required: [allowed, rules]
                    properties:
                      allowed:
                        type: boolean
                      refusal:
                        description: The first thing that is wanting.
                        enum:
                          - no-grant
                          - grant-not-active
                          - kinds-mixed
                          - operation-not-allowed
                          - purpose-required
                          - purpose-not-allowed
                          - field-not-allowed
                          - no-legal-basis
                          - consent-missing
                          - objection-stands
                          - record-restricted
                          - record-erasure-waits
                          - protected
                          - record-erased
                          - record-unknown
                      view:
                        enum: [plain, masked]
                      rules:
                        type: array
                        items:
                          type: object
                          required: [grant, principal, role, view]
                          properties:
                            grant:
                              type: string
                            principal:
                              type: string
                            role:
                              type: string
                            view:
                              enum: [plain, masked]
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/grants/{id}:
        parameters:
          - name: id
            in: path
            required: true
            description: The grant.
            schema:
              $ref: "#/components/schemas/Id"
        delete:
          tags: [access]
          operationId: revokeGrant
          summary: Ends a grant; answered once no answer under it is still on its way.
          responses:
            "200":
              description: The grant no longer holds.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    type: object
                    required: [version]
                    properties:
                      version:
                        $ref: "#/components/schemas/PolicyVersion"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              description: There is no such grant (`unknown_grant`).
              content:
                application/problem+json:
                  schema:
                    $ref: "#/components/schemas/Problem"
            "409":
              $ref: "#/components/responses/Conflict"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/roles:
        get:
          tags: [access]
          operationId: listRoles
          summary: The roles and what they permit.
          responses:
            "200":
              description: The roles.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    type: object
                    required: [items, next]
                    properties:
                      items:
                        type: array
                        items:
                          $ref: "#/components/schemas/Role"
                      next:
                        type: "null"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/roles/{name}:
        parameters:
          - name: name
            in: path
            required: true
            description: The role.
            schema:
              $ref: "#/components/schemas/RoleName"
        get:
          tags: [access]
          operationId: getRole
          summary: A role and its earlier versions, the newest first.
          responses:
            "200":
              description: The role; `null` once it was deleted.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    type: object
                    required: [role, former]
                    properties:
                      role:
                        oneOf:
                          - $ref: "#/components/schemas/Role"
                          - type: "null"
                      former:
                        type: array
                        items:
                          $ref: "#/components/schemas/FormerRole"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownRole"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
        put:
          tags: [access]
          operationId: setRole
          summary: Makes a role, or puts a new version of it in force for all who hold it, at once.
          description: |
            Nobody changes a role that they hold, themselves or by a group. A change that would join data
            and administrative roles in one principal is refused, and so is one that leaves nobody who can
            manage grants.
          parameters:
            - name: preview
              in: query
              description: Show what the change would open and close, and make none.
              schema:
                const: "true"
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  $ref: "#/components/schemas/RoleSetting"
          responses:
            "200":
              description: What the change opens and closes; made, unless it is a preview.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/RoleDifference"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "409":
              $ref: "#/components/responses/Conflict"
            "422":
              $ref: "#/components/responses/Invalid"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
        delete:
          tags: [access]
          operationId: deleteRole
          summary: Deletes a role that no grant names; its versions are kept.
          responses:
            "200":
              description: The role is gone.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    type: object
                    required: [version]
                    properties:
                      version:
                        $ref: "#/components/schemas/PolicyVersion"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "404":
              $ref: "#/components/responses/UnknownRole"
            "409":
              $ref: "#/components/responses/Conflict"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/keys:
        get:
          tags: [vault]
          operationId: getPublicKeys
          summary: The vault's public keys, which verify certificates and the log.
          responses:
            "200":
              description: The keys.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/PublicKeys"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/keys/history:
        get:
          tags: [vault]
          operationId: getKeyHistory
          summary: How the vault's signing keys followed each other.
          description: |
            Each change is signed by the certificate key and the log key before it and by the certificate key after
            it; its statement, once the deep rotation that made it is final, says that nothing is left under the
            keys before (docs/FORMAT.md, "Key history").
          responses:
            "200":
              description: The history.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    type: object
                    required: [format, changes]
                    properties:
                      format:
                        const: aitta-key-history/1
                      changes:
                        type: array
                        items:
                          type: object
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/keys/rotation:
        get:
          tags: [vault]
          operationId: getRotation
          summary: How the running rotation stands, or how the last one ended.
          description: For `key-custodian` (`rotate-keys`).
          responses:
            "200":
              description: The rotation.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/Rotation"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
        post:
          tags: [vault]
          operationId: startRotation
          summary: Begins a rotation, or goes on with the one that is not final, while everything is served.
          description: |
            For `key-custodian` (`rotate-keys`). Once it is final, no older copy of the vault's files opens by any
            key that the vault holds, and the erasures from before it began get certificates with `final` true.
            Nothing is done where one runs already.
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  type: object
                  additionalProperties: false
                  properties:
                    scheduled:
                      description: >-
                        Whether a timer asks. Then it is refused (409 `conflict`) once the clock led the log's
                        last entry by more than 48 hours, until somebody confirms the clock or asks without.
                      type: boolean
                    deep:
                      description: >-
                        After a suspected leak: every key anew, and every field sealed anew. Not with `scheduled`. A
                        vault takes 256 of them, and refuses another (409 `conflict`).
                      type: boolean
                    recordsPerSecond:
                      description: >-
                        With `deep`: the most records that are sealed anew in a second. Half of the time is left to
                        other requests in any case.
                      type: integer
                      minimum: 1
                      maximum: 1000000
          responses:
            "202":
              description: It runs; `GET` says how far it is.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/Rotation"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "409":
              $ref: "#/components/responses/Conflict"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/clock/confirmation:
        post:
          tags: [vault]
          operationId: confirmClock
          summary: Say that the clock is right, so that what is due by time goes on.
          description: |
            For `key-custodian` (`rotate-keys`). Once the clock led the log's last entry by more than 48 hours (a
            long silence, or a clock that jumped), nothing is destroyed by time alone: no rotation that a timer asks
            for, no expiry of audit entries. The status says so (`timedDestruction`).
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  type: object
                  required: [reason]
                  additionalProperties: false
                  properties:
                    reason:
                      description: A code.
                      type: string
                      pattern: "^[a-z0-9-]{1,64}$"
          responses:
            "200":
              description: It is believed.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    type: object
                    required: [confirmed]
                    properties:
                      confirmed:
                        type: boolean
                        description: Whether it was doubted.
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "422":
              $ref: "#/components/responses/Invalid"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/keys/root:
        post:
          tags: [vault]
          operationId: changeRootKey
          summary: Takes the root key from elsewhere from now on, while everything is served.
          description: |
            For `key-custodian` (`rotate-keys`). The keyring is sealed by a new root key, as its next generation. A
            key file is made in the key directory and must not be there yet; a credential must be one that systemd
            gave to the daemon; a passphrase is the body itself, byte for byte, of at least 15 characters. The
            former source is left as it is: destroy a key file once every replica of the keyring is renewed.
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  $ref: "#/components/schemas/RootKeySource"
              application/octet-stream:
                schema:
                  type: string
                  format: binary
                  maxLength: 1024
          responses:
            "200":
              description: Where the root key comes from now, and came from before.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    type: object
                    required: [keyringGeneration, rootKeySource, formerRootKeySource, replicasOutOfReach]
                    properties:
                      keyringGeneration:
                        type: integer
                        minimum: 2
                      rootKeySource:
                        $ref: "#/components/schemas/RootKeySource"
                      formerRootKeySource:
                        $ref: "#/components/schemas/RootKeySource"
                      replicasOutOfReach:
                        description: >-
                          Replicas of the keyring that hold the former one still, which the former root key
                          opens; they get this one once they can be written.
                        type: array
                        items:
                          type: string
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "409":
              description: "`conflict`: keys are being changed already."
              content:
                application/problem+json:
                  schema:
                    $ref: "#/components/schemas/Problem"
            "413":
              $ref: "#/components/responses/TooLarge"
            "415":
              $ref: "#/components/responses/NotJSON"
            "422":
              $ref: "#/components/responses/Invalid"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/audit/entries:
        get:
          tags: [vault]
          operationId: listAuditEntries
          summary: Who did what, when and for which purpose; ids and codes only.
          description: |
            For `auditor` and `dpo`. The bytes of the entries are the leaves of the log's tree:
            docs/FORMAT.md says how its checkpoints follow from them.
          parameters:
            - $ref: "#/components/parameters/Limit"
            - name: after
              in: query
              description: The number of the last entry that is known; `next` of the page before.
              schema:
                type: integer
                minimum: 0
          responses:
            "200":
              description: A page.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    type: object
                    required: [items, next]
                    properties:
                      items:
                        type: array
                        items:
                          $ref: "#/components/schemas/AuditEntry"
                      next:
                        $ref: "#/components/schemas/Next"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/audit/checkpoint:
        get:
          tags: [vault]
          operationId: getAuditCheckpoint
          summary: What the audit log states of itself, signed.
          description: |
            For every role. Whoever keeps a checkpoint out of the vault's reach can tell later whether
            what it states was altered. Keep the key as well, from the day on which the vault was made.
          responses:
            "200":
              description: The latest checkpoint.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/Checkpoint"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/audit/scope:
        get:
          tags: [vault]
          operationId: getAuditScope
          summary: What a principal's accesses touched, for the notification of a breach; signed.
          description: |
            For `auditor` and `dpo`. Counts the distinct records that the principal's answered reads,
            searches and verifications touched from `from` until just before `to`, records of a batch one
            by one. The whole log is read for it: on a large one that takes seconds. Its time is at most 366
            days, and it counts at most 5,000,000 records: more are refused with 422. One is made at a time;
            others are answered with 503 meanwhile.
          parameters:
            - name: principal
              in: query
              required: true
              description: "`uid:N`, `user:NAME` as the user database named the caller at the time, or `token:NAME`."
              schema:
                type: string
              example: uid:33
            - name: from
              in: query
              required: true
              schema:
                type: string
                format: date-time
            - name: to
              in: query
              required: true
              schema:
                type: string
                format: date-time
          responses:
            "200":
              description: The statement.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    $ref: "#/components/schemas/BreachScope"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "422":
              $ref: "#/components/responses/Invalid"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
      /v1/audit/proof:
        get:
          tags: [vault]
          operationId: getAuditProof
          summary: That an entry is in the log, or that the log only grew.
          description: |
            With `number`, a proof of inclusion (RFC 9162, 2.1.3); with `from`, one of consistency
            (2.1.4). Either, not both. A proof is worth something against the checkpoint of its size only.
          parameters:
            - name: number
              in: query
              description: The entry that is to be proved; its leaf has the index `number` - 1.
              schema:
                type: integer
                minimum: 1
            - name: size
              in: query
              description: Of the tree in which it is; without it, that of the latest checkpoint.
              schema:
                type: integer
                minimum: 1
            - name: from
              in: query
              description: The size of an earlier tree.
              schema:
                type: integer
                minimum: 1
            - name: to
              in: query
              description: The size of a later tree; without it, that of the latest checkpoint.
              schema:
                type: integer
                minimum: 1
          responses:
            "200":
              description: The proof.
              headers:
                Aitta-Request-Id:
                  $ref: "#/components/headers/RequestId"
              content:
                application/json:
                  schema:
                    oneOf:
                      - $ref: "#/components/schemas/InclusionProof"
                      - $ref: "#/components/schemas/ConsistencyProof"
            "400":
              $ref: "#/components/responses/Malformed"
            "401":
              $ref: "#/components/responses/BadToken"
            "403":
              $ref: "#/components/responses/NotGranted"
            "422":
              $ref: "#/components/responses/Invalid"
            "503":
              $ref: "#/components/responses/NotReady"
            default:
              $ref: "#/components/responses/Problem"
    components:
      parameters:
        RecordId:
          name: id
          in: path
          required: true
          description: The record.
          schema:
            $ref: "#/components/schemas/Id"
        Purpose:
          name: Aitta-Purpose
          in: header
          required: true
          description: The purpose for which personal data is read or written.
          schema:
            type: string
          example: customer-service
        IdempotencyKey:
          name: Idempotency-Key
          in: header
          description: |
            A UUID that makes the request safe to repeat for 24 hours. The same key with another body is
            refused with 422.
          schema:
            $ref: "#/components/schemas/Id"
        IfMatch:
          name: If-Match
          in: header
          description: The quoted version that is to be changed; another is answered with 412.
          schema:
            type: string
            pattern: '^"[0-9]+"$'
          example: '"3"'
        Fields:
          name: fields
          in: query
          description: Names of up to 64 fields, separated by commas.
          schema:
            type: string
          example: name,email
        View:
          name: view
          in: query
          description: How fields are shown; without it, the best that the grant allows.
          schema:
            $ref: "#/components/schemas/View"
        Include:
          name: include
          in: query
          description: "`sources` adds the source of each field."
          schema:
            const: sources
        Limit:
          name: limit
          in: query
          description: Most items of the page.
          schema:
            type: integer
            minimum: 1
            maximum: 1000
            default: 100
        After:
          name: after
          in: query
          description: "`next` of the page before."
          schema:
            type: string
      headers:
        RequestId:
          description: The id by which logs and audit entries know the request.
          schema:
            type: string
        ETag:
          description: The record's version, quoted.
          schema:
            type: string
        NoStore:
          description: Personal data is not to be cached.
          schema:
            const: no-store
        RetryAfter:
          description: How many seconds to wait.
          schema:
            type: integer
      responses:
        Health:
          description: Yes.
          headers:
            Aitta-Request-Id:
              $ref: "#/components/headers/RequestId"
          content:
            application/json:
              schema:
                type: object
                required: [status]
                properties:
                  status:
                    enum: [ok, ready]
        Malformed:
          description: "`malformed_json`, `malformed_request` or `purpose_required`."
          content:
            application/problem+json:
              schema:
                $ref: "#/components/schemas/Problem"
        BadToken:
          description: "`bad_token`: the token is not known, has ended, or is not the caller's to present."
          content:
            application/problem+json:
              schema:
                $ref: "#/components/schemas/Problem"
        NotGranted:
          description: "`not_granted`."
          content:
            application/problem+json:
              schema:
                $ref: "#/components/schemas/Problem"
        UnknownRecord:
          description: "`unknown_record`; an id that is none is answered alike."
          content:
            application/problem+json:
              schema:
                $ref: "#/components/schemas/Problem"
        UnknownToken:
          description: There is no such token (`unknown_token`).
          content:
            application/problem+json:
              schema:
                $ref: "#/components/schemas/Problem"
        UnknownRole:
          description: There is no such role (`unknown_role`).
          content:
            application/problem+json:
              schema:
                $ref: "#/components/schemas/Problem"
        Conflict:
          description: "`duplicate` (another record has this value) or `conflict` (another change came first)."
          content:
            application/problem+json:
              schema:
                $ref: "#/components/schemas/Problem"
        Erased:
          description: "`erased`, for ever."
          content:
            application/problem+json:
              schema:
                $ref: "#/components/schemas/Problem"
        VersionMismatch:
          description: "`version_mismatch`, with the current `version`."
          content:
            application/problem+json:
              schema:
                $ref: "#/components/schemas/Problem"
        TooLarge:
          description: "`body_too_large`. The connection is closed."
          content:
            application/problem+json:
              schema:
                $ref: "#/components/schemas/Problem"
        NotJSON:
          description: "`not_json`."
          content:
            application/problem+json:
              schema:
                $ref: "#/components/schemas/Problem"
        Invalid:
          description: "`invalid_value`, `unknown_field` or `idempotency_mismatch`."
          content:
            application/problem+json:
              schema:
                $ref: "#/components/schemas/Problem"
        Restricted:
          description: "`restricted`."
          content:
            application/problem+json:
              schema:
                $ref: "#/components/schemas/Problem"
        TooMany:
          description: |
            `too_many_attempts`: this record has had its failed verifications for the hour; `over_budget`: the
            caller has seen as many records, searched or erased as often, as it may in an hour.
          headers:
            Retry-After:
              $ref: "#/components/headers/RetryAfter"
          content:
            application/problem+json:
              schema:
                $ref: "#/components/schemas/Problem"
        NotReady:
          description: |
            `not_ready`, `sealed`: the vault waits for its passphrase; `disk_full`, `too_many_connections`, or `outcome_unknown`: whether the change was
            written is unknown; repeat it with the same Idempotency-Key once the vault is ready again.
          content:
            application/problem+json:
              schema:
                $ref: "#/components/schemas/Problem"
        Problem:
          description: |
            Any other failure: 404 `no_such_route`; 405 `method_not_allowed`, with `Allow`; 408 `timeout`;
            429 `too_many_requests`, with `Retry-After`, for callers without any grant; 431 `header_too_large`; 500 `internal` or `damaged`. After 408 and 431 the connection is closed.
          content:
            application/problem+json:
              schema:
                $ref: "#/components/schemas/Problem"
      schemas:
        BackupRequest:
          type: object
          additionalProperties: false
          properties:
            directory:
              type: string
              maxLength: 4096
              description: An absolute path on the daemon's machine; without, what is configured.
        Backups:
          type: object
          required: [running, lastBackup, lastDrill, parts]
          properties:
            running:
              description: What runs; null if nothing does.
              type: [object, "null"]
              properties:
                kind:
                  type: string
                  enum: [back-up, backup-drill, keys-part]
                startedAt:
                  type: string
                  format: date-time
                phase:
                  type: string
                done:
                  type: integer
                total:
                  type: integer
                etaSeconds:
                  type: [integer, "null"]
            lastBackup:
              description: What came of the last backup since the start.
              type: [object, "null"]
            lastDrill:
              description: What came of the last drill since the start.
              type: [object, "null"]
            parts:
              description: The parts in the configured directories.
              type: array
              items:
                type: object
                required: [directory, part, number, base, epoch, madeAt, bytes]
                properties:
                  directory:
                    type: string
                  part:
                    type: string
                    enum: [records, keys]
                  number:
                    type: integer
                  base:
                    description: The part that it builds on; null if it is complete.
                    type: [integer, "null"]
                  epoch:
                    type: integer
                  madeAt:
                    type: string
                    format: date-time
                  bytes:
                    type: integer
        Id:
          type: string
          format: uuid
        Version:
          type: integer
          minimum: 1
        PolicyVersion:
          description: The version of the access policy, one more with every change.
          type: integer
          minimum: 1
        View:
          enum: [plain, masked]
        Kind:
          enum: [person, company, contact]
        Next:
          description: Where the next page begins; null on the last.
          type: [string, "null"]
        FieldName:
          type: string
          example: email
        Source:
          description: Where a value comes from.
          type: string
          pattern: "^(subject|company-contact|authority:[a-z0-9-]+|third-party:[a-z0-9-]+)$"
          example: authority:dvv
        Sources:
          description: The sources of single fields.
          type: object
          additionalProperties:
            $ref: "#/components/schemas/Source"
        PersonName:
          type: object
          additionalProperties: false
          properties:
            given:
              type: string
            family:
              type: string
        Address:
          type: object
          additionalProperties: false
          properties:
            street:
              type: string
            postalCode:
              type: string
            city:
              type: string
            country:
              description: ISO 3166-1 alpha-2.
              type: string
        Billing:
          type: object
          additionalProperties: false
          properties:
            method:
              type: string
            iban:
              type: string
            eInvoiceAddress:
              type: string
            eInvoiceOperator:
              type: string
        Fields:
          description: |
            Values by field. These are the fields that ship; the catalogue can add more. In a masked view
            each value is a text, and in an update `null` removes a field.
          type: object
          properties:
            name:
              description: A person's names; for a company, its name as text.
              oneOf:
                - $ref: "#/components/schemas/PersonName"
                - type: string
                - type: "null"
            reference:
              type: [string, "null"]
            henkilotunnus:
              type: [string, "null"]
            ytunnus:
              type: [string, "null"]
            address:
              oneOf:
                - $ref: "#/components/schemas/Address"
                - type: string
                - type: "null"
            phone:
              type: [string, "null"]
            email:
              type: [string, "null"]
            billing:
              oneOf:
                - $ref: "#/components/schemas/Billing"
                - type: string
                - type: "null"
        RecordCreation:
          type: object
          additionalProperties: false
          required: [kind, fields]
          properties:
            kind:
              $ref: "#/components/schemas/Kind"
            reference:
              description: The customer's number elsewhere; the same as the field `reference`.
              type: string
            source:
              $ref: "#/components/schemas/Source"
            sources:
              $ref: "#/components/schemas/Sources"
            company:
              description: For a contact, and only then, the company's record.
              $ref: "#/components/schemas/Id"
            fields:
              $ref: "#/components/schemas/Fields"
        Update:
          type: object
          additionalProperties: false
          required: [fields]
          properties:
            fields:
              $ref: "#/components/schemas/Fields"
            source:
              $ref: "#/components/schemas/Source"
            sources:
              $ref: "#/components/schemas/Sources"
        Written:
          type: object
          required: [id, version]
          properties:
            id:
              $ref: "#/components/schemas/Id"
            version:
              $ref: "#/components/schemas/Version"
        Withheld:
          description: Fields that the grant allows but that are not shown, and why.
          type: object
          additionalProperties:
            type: string
            examples: [masked, protected, restricted, stale, damaged]
        Record:
          type: object
          required: [id, kind, version, state, fields, withheld]
          properties:
            id:
              $ref: "#/components/schemas/Id"
            kind:
              $ref: "#/components/schemas/Kind"
            version:
              $ref: "#/components/schemas/Version"
            state:
              enum: [live, restricted]
            company:
              $ref: "#/components/schemas/Id"
            fields:
              $ref: "#/components/schemas/Fields"
            withheld:
              $ref: "#/components/schemas/Withheld"
            sources:
              $ref: "#/components/schemas/Sources"
        RecordPage:
          type: object
          required: [items, next]
          properties:
            items:
              type: array
              items:
                type: object
                required: [id, state]
                properties:
                  id:
                    $ref: "#/components/schemas/Id"
                  state:
                    enum: [live, erased]
            next:
              $ref: "#/components/schemas/Next"
        FieldValue:
          type: object
          additionalProperties: false
          required: [field, value]
          properties:
            field:
              $ref: "#/components/schemas/FieldName"
            value:
              description: The value, in the field's own form.
        Match:
          type: object
          required: [match]
          properties:
            match:
              type: boolean
        SelectedFields:
          description: The fields to answer; without it, all that the grant allows.
          type: array
          minItems: 1
          maxItems: 64
          items:
            $ref: "#/components/schemas/FieldName"
        MatchLimit:
          description: Most matches of one query.
          type: integer
          minimum: 1
          maximum: 100
          default: 20
        Query:
          type: object
          additionalProperties: false
          required: [field, value]
          properties:
            field:
              $ref: "#/components/schemas/FieldName"
            value:
              description: The value, in the field's own form.
            fields:
              $ref: "#/components/schemas/SelectedFields"
            view:
              $ref: "#/components/schemas/View"
            limit:
              $ref: "#/components/schemas/MatchLimit"
        Queries:
          type: object
          additionalProperties: false
          required: [queries]
          properties:
            queries:
              type: array
              minItems: 1
              maxItems: 100
              items:
                $ref: "#/components/schemas/FieldValue"
            fields:
              $ref: "#/components/schemas/SelectedFields"
            view:
              $ref: "#/components/schemas/View"
            limit:
              $ref: "#/components/schemas/MatchLimit"
        FoundRecord:
          type: object
          required: [id, kind, version, fields, withheld]
          properties:
            id:
              $ref: "#/components/schemas/Id"
            kind:
              $ref: "#/components/schemas/Kind"
            version:
              $ref: "#/components/schemas/Version"
            company:
              $ref: "#/components/schemas/Id"
            fields:
              $ref: "#/components/schemas/Fields"
            withheld:
              $ref: "#/components/schemas/Withheld"
        Matches:
          type: object
          required: [matches, truncated]
          properties:
            matches:
              type: array
              items:
                $ref: "#/components/schemas/FoundRecord"
            truncated:
              description: Whether there are more matches than the limit.
              type: boolean
        QueryResults:
          type: object
          required: [results]
          properties:
            results:
              type: array
              items:
                oneOf:
                  - $ref: "#/components/schemas/Matches"
                  - $ref: "#/components/schemas/Problem"
        BatchRead:
          type: object
          additionalProperties: false
          required: [ids]
          properties:
            ids:
              type: array
              minItems: 1
              maxItems: 1000
              items:
                type: string
            fields:
              $ref: "#/components/schemas/SelectedFields"
            view:
              $ref: "#/components/schemas/View"
        BatchReadResults:
          type: object
          required: [results]
          properties:
            results:
              type: array
              items:
                type: object
                required: [status, body]
                properties:
                  status:
                    type: integer
                  body:
                    oneOf:
                      - $ref: "#/components/schemas/Record"
                      - $ref: "#/components/schemas/Problem"
        CreateOperation:
          type: object
          additionalProperties: false
          required: [op, kind, fields]
          properties:
            op:
              const: create
            dryRun:
              description: Check, and look for duplicates, but write nothing. A contact may then lack its company.
              type: boolean
            kind:
              $ref: "#/components/schemas/Kind"
            reference:
              type: string
            source:
              $ref: "#/components/schemas/Source"
            sources:
              $ref: "#/components/schemas/Sources"
            company:
              $ref: "#/components/schemas/Id"
            fields:
              $ref: "#/components/schemas/Fields"
        UpdateOperation:
          type: object
          additionalProperties: false
          required: [op, id, fields]
          properties:
            op:
              const: update
            dryRun:
              type: boolean
            id:
              $ref: "#/components/schemas/Id"
            version:
              description: The version that is to be changed, as `If-Match`.
              $ref: "#/components/schemas/Version"
            fields:
              $ref: "#/components/schemas/Fields"
            source:
              $ref: "#/components/schemas/Source"
            sources:
              $ref: "#/components/schemas/Sources"
        BatchWrite:
          type: object
          additionalProperties: false
          required: [operations]
          properties:
            operations:
              type: array
              minItems: 1
              maxItems: 1000
              items:
                oneOf:
                  - $ref: "#/components/schemas/CreateOperation"
                  - $ref: "#/components/schemas/UpdateOperation"
        BatchWriteResults:
          type: object
          required: [results]
          properties:
            results:
              type: array
              items:
                type: object
                required: [status, body]
                properties:
                  status:
                    type: integer
                  body:
                    description: What the single request would answer. Pointers count from the operation.
                    oneOf:
                      - $ref: "#/components/schemas/Written"
                      - $ref: "#/components/schemas/Problem"
                      - type: object
                        additionalProperties: false
                        required: [valid]
                        properties:
                          valid:
                            const: true
        ConsentEntry:
          type: object
          additionalProperties: false
          required: [purpose, state]
          properties:
            purpose:
              description: What the consent is to.
              type: string
              example: marketing
            state:
              enum: [given, withdrawn]
            at:
              $ref: "#/components/schemas/StatementTime"
            source:
              $ref: "#/components/schemas/Source"
            evidence:
              $ref: "#/components/schemas/Evidence"
        Statement:
          type: object
          additionalProperties: false
          properties:
            at:
              $ref: "#/components/schemas/StatementTime"
            source:
              $ref: "#/components/schemas/Source"
            evidence:
              $ref: "#/components/schemas/Evidence"
        StatementTime:
          description: When it was said; without it, now. At most a minute ahead.
          type: string
          format: date-time
        Evidence:
          description: What proves it, in words. It is sealed with the record and goes with it.
          type: string
          minLength: 1
          maxLength: 500
        Consent:
          allOf:
            - $ref: "#/components/schemas/RightsEntry"
            - properties:
                state:
                  enum: [given, withdrawn]
        Objection:
          allOf:
            - $ref: "#/components/schemas/RightsEntry"
            - properties:
                state:
                  enum: [stands, lifted]
        RightsEntry:
          type: object
          required: [purpose, state, at, source, recordedAt, recordedBy]
          properties:
            purpose:
              type: string
            state:
              type: string
            at:
              type: string
              format: date-time
            source:
              $ref: "#/components/schemas/Source"
            evidence:
              $ref: "#/components/schemas/Evidence"
            recordedAt:
              type: string
              format: date-time
            recordedBy:
              $ref: "#/components/schemas/RecordedBy"
        RecordedBy:
          description: Who recorded it, `uid:N`.
          type: string
        HoldSetting:
          type: object
          additionalProperties: false
          required: [ground, basis]
          properties:
            compartments:
              description: What it keeps; left out or null, everything.
              type: [array, "null"]
              minItems: 1
              items:
                type: string
            ground:
              $ref: "#/components/schemas/HoldGround"
            basis:
              description: The statute, agreement or claim.
              type: string
              maxLength: 500
              example: Kirjanpitolaki 2:10
            until:
              description: |
                The last day, the whole of which it covers in UTC, or a time, RFC 3339; left out or null, until it is
                ended.
              type: [string, "null"]
              example: "2033-12-31"
        HoldGround:
          type: string
          enum: [legal-obligation, contract, legal-claim]
        Holds:
          type: object
          required: [items, next, waitingErasure]
          properties:
            items:
              type: array
              items:
                $ref: "#/components/schemas/Hold"
            next:
              type: "null"
            waitingErasure:
              description: What was to be erased and is held; null, where nothing is.
              type: [object, "null"]
              required: [compartments, whole, reason, since, recordedBy]
              properties:
                compartments:
                  type: array
                  items:
                    type: string
                whole:
                  description: Whether the whole record was to go.
                  type: boolean
                reason:
                  type: string
                since:
                  type: string
                  format: date-time
                recordedBy:
                  $ref: "#/components/schemas/RecordedBy"
        Hold:
          type: object
          required: [name, compartments, ground, basis, until, since, recordedBy, active]
          properties:
            name:
              type: string
            compartments:
              type: [array, "null"]
              items:
                type: string
            ground:
              $ref: "#/components/schemas/HoldGround"
            basis:
              type: string
            until:
              type: [string, "null"]
              format: date-time
            since:
              type: string
              format: date-time
            recordedBy:
              $ref: "#/components/schemas/RecordedBy"
            active:
              description: Whether it has not ended.
              type: boolean
        EndedHold:
          type: object
          required: [id]
          properties:
            id:
              $ref: "#/components/schemas/Id"
            version:
              description: Left out where the record is erased.
              type: integer
            certificate:
              $ref: "#/components/schemas/Certificate"
        RestrictionSetting:
          type: object
          additionalProperties: false
          required: [ground]
          properties:
            ground:
              description: Why, as a code.
              type: string
              pattern: "^[a-z0-9-]{1,64}$"
              example: accuracy-contested
        Restriction:
          type: object
          required: [restricted]
          properties:
            restricted:
              type: boolean
            since:
              type: string
              format: date-time
            ground:
              type: string
            recordedBy:
              $ref: "#/components/schemas/RecordedBy"
        ProtectionSetting:
          type: object
          additionalProperties: false
          required: [until]
          properties:
            until:
              description: A time that lies ahead, or a day, the whole of which it covers (in UTC).
              oneOf:
                - type: string
                  format: date
                - type: string
                  format: date-time
        Protection:
          type: object
          required: [protected]
          properties:
            protected:
              description: Whether it is in effect now.
              type: boolean
            until:
              type: string
              format: date-time
            since:
              type: string
              format: date-time
            recordedBy:
              $ref: "#/components/schemas/RecordedBy"
        ListedProtection:
          type: object
          required: [id, until]
          properties:
            id:
              $ref: "#/components/schemas/Id"
            until:
              description: When it ends or ended; null where that can't be read, and it is taken to hold.
              type: [string, "null"]
              format: date-time
        Erasure:
          type: object
          additionalProperties: false
          required: [reason]
          properties:
            reason:
              type: string
              pattern: "^[a-z0-9-]{1,64}$"
              example: customer-request
            compartments:
              description: Without it, everything.
              type: array
              minItems: 1
              maxItems: 64
              items:
                type: string
        Certificate:
          description: Signed; verify it with the vault's public keys.
          type: object
          required: [record]
          properties:
            record:
              $ref: "#/components/schemas/Id"
            shredded:
              type: array
              items:
                type: string
            retained:
              description: What was to be destroyed too and is held; it follows by itself, with a certificate of its own.
              type: array
              items:
                type: object
                required: [compartment, ground, until]
                properties:
                  compartment:
                    type: string
                  ground:
                    $ref: "#/components/schemas/HoldGround"
                  until:
                    description: null, where somebody has to end it.
                    type: [string, "null"]
                    format: date-time
            previous:
              description: SHA-256 of what is signed in the certificate before it, base64; null in the first.
              type: [string, "null"]
            final:
              description: Whether no older copy can be read any more.
              type: boolean
            ledgerReplicasOutOfReach:
              description: >-
                The configured directories of the replicas of the ledger that did not hold the erasure when this
                was signed.
              type: array
              items:
                type: string
            log:
              $ref: "#/components/schemas/CertificateLog"
        CertificateLog:
          description: |
            The proof that the erasure is in the audit log. It is not signed with the certificate; the
            entry carries the SHA-256 of the bytes that are (docs/FORMAT.md), which are of all members
            but `signature` and `log`.
          type: object
          additionalProperties: false
          required: [number, leaf, note, verifierKey, hashes]
          properties:
            number:
              $ref: "#/components/schemas/EntryNumber"
            leaf:
              $ref: "#/components/schemas/Base64"
            note:
              $ref: "#/components/schemas/Note"
            verifierKey:
              $ref: "#/components/schemas/VerifierKey"
            hashes:
              $ref: "#/components/schemas/Hashes"
        NewGrant:
          type: object
          additionalProperties: false
          required: [principal, role, reason]
          properties:
            principal:
              description: "`user:NAME`, `uid:N`, `group:NAME`, `gid:N` or `token:NAME`."
              type: string
              example: uid:33
            role:
              type: string
              example: checkout
            reason:
              type: string
              pattern: "^[a-z0-9-]{1,64}$"
              example: web-shop
            from:
              type: string
              format: date-time
            until:
              type: string
              format: date-time
            budgets:
              $ref: "#/components/schemas/Budgets"
        Grant:
          type: object
          required: [id, principal, role, reason, grantedBy, grantedAt]
          properties:
            id:
              $ref: "#/components/schemas/Id"
            principal:
              type: string
            role:
              type: string
            reason:
              type: string
            grantedBy:
              type: string
            grantedAt:
              type: string
              format: date-time
            from:
              type: string
              format: date-time
            until:
              type: string
              format: date-time
            budgets:
              $ref: "#/components/schemas/Budgets"
        NewToken:
          type: object
          additionalProperties: false
          required: [name, users, reason]
          properties:
            name:
              description: What grants call it, `token:NAME`.
              type: string
              pattern: "^[a-z][a-z0-9-]{0,31}$"
              example: shop-a
            users:
              description: "Who may present it: `user:NAME` or `uid:N`."
              type: array
              minItems: 1
              maxItems: 64
              items:
                type: string
              example: ["uid:33"]
            reason:
              type: string
              pattern: "^[a-z0-9-]{1,64}$"
              example: web-shop
            until:
              type: string
              format: date-time
        Token:
          description: Nothing of its secret.
          type: object
          required: [id, name, users, reason, createdBy, createdAt]
          properties:
            id:
              $ref: "#/components/schemas/Id"
            name:
              type: string
            users:
              type: array
              items:
                type: string
            reason:
              type: string
            createdBy:
              type: string
            createdAt:
              type: string
              format: date-time
            until:
              type: string
              format: date-time
        RoleName:
          type: string
          pattern: "^[a-z][a-z0-9-]{0,31}$"
        Role:
          type: object
          required: [name, kind, version, permissions]
          properties:
            name:
              $ref: "#/components/schemas/RoleName"
            kind:
              enum: [data, administrative]
            version:
              description: 1 when made, one more with every change.
              type: integer
              minimum: 1
            budgets:
              $ref: "#/components/schemas/Budgets"
            permissions:
              type: array
              items:
                $ref: "#/components/schemas/Permission"
        FormerRole:
          description: A version of a role that is in force no more.
          allOf:
            - $ref: "#/components/schemas/Role"
            - type: object
              required: [until, endedBy]
              properties:
                until:
                  type: string
                  format: date-time
                endedBy:
                  description: Who ended it.
                  type: string
        Permission:
          description: |
            Operations, on fields, in a view, for purposes. Operations on personal data need purposes, all
            others have none; `fields` or `compartments` stand where operations are about fields.
          type: object
          required: [operations]
          properties:
            operations:
              type: array
              minItems: 1
              items:
                enum:
                  - read
                  - create
                  - update
                  - search
                  - verify
                  - erase
                  - list
                  - record-consent
                  - record-objection
                  - read-consents
                  - restrict
                  - protect
                  - hold
                  - protected
                  - read-certificates
                  - manage-grants
                  - manage-tokens
                  - manage-roles
                  - read-roles
                  - read-audit
                  - read-status
                  - read-keys
                  - read-metrics
                  - rotate-keys
                  - back-up
            fields:
              oneOf:
                - const: all
                - type: array
                  items:
                    type: string
            compartments:
              type: array
              items:
                type: string
            view:
              description: Needed where operations are about fields.
              enum: [plain, masked]
            purposes:
              type: array
              items:
                type: string
        RoleSetting:
          type: object
          additionalProperties: false
          required: [kind, permissions, reason]
          properties:
            kind:
              description: |
                A data role has no operation that decides who may what; an administrative one has none on
                personal data.
              enum: [data, administrative]
            permissions:
              type: array
              maxItems: 64
              items:
                $ref: "#/components/schemas/Permission"
            reason:
              description: A code.
              type: string
              pattern: "^[a-z0-9-]{1,64}$"
            budgets:
              $ref: "#/components/schemas/Budgets"
        Budgets:
          description: |
            How much a principal may see and destroy in an hour, over all its connections; what is left out is the
            role's, or 1,000 records, 1,000 searches and 100 erasures. A grant's come before its role's; of several grants for a purpose the largest counts.
            Each distinct record that is read, found, verified, changed or erased counts once, whether it is
            there or not; each query of a search counts, hit or miss, and so does each `duplicate`. Each erasure counts,
            whole or of compartments, and each update that removes a value; what destroys nothing does not.
          type: object
          additionalProperties: false
          properties:
            recordsPerHour:
              $ref: "#/components/schemas/Budget"
            searchesPerHour:
              $ref: "#/components/schemas/Budget"
            erasuresPerHour:
              $ref: "#/components/schemas/Budget"
        Budget:
          oneOf:
            - type: integer
              minimum: 0
              maximum: 1000000
            - const: unlimited
        RoleDifference:
          type: object
          required: [opens, closes, principals]
          properties:
            version:
              $ref: "#/components/schemas/PolicyVersion"
            opens:
              type: array
              items:
                $ref: "#/components/schemas/Allowance"
            closes:
              type: array
              items:
                $ref: "#/components/schemas/Allowance"
            principals:
              description: Who holds the role.
              type: array
              items:
                type: string
            budgets:
              description: The budgets, where they change.
              type: object
              required: [before, after]
              properties:
                before:
                  $ref: "#/components/schemas/Budgets"
                after:
                  $ref: "#/components/schemas/Budgets"
        Allowance:
          type: object
          required: [operation]
          properties:
            operation:
              type: string
            purpose:
              type: string
            field:
              type: string
            view:
              enum: [plain, masked]
        RootKeySource:
          type: object
          required: [type]
          properties:
            type:
              enum: [key-file, passphrase, credential]
            path:
              description: |
                Of the key file: a name, or a path directly in the key directory. In answers also of the
                passphrase file.
              type: string
            name:
              description: Of the credential.
              type: string
        Rotation:
          type: object
          description: A rotation of the keys.
          required: [state, step, done, total]
          properties:
            begun:
              description: Whether this request began it; not where another one runs.
              type: boolean
            state:
              description: >-
                `middle` is not final and waits; `certifying` is final but for its certificates. Both go on by
                themselves.
              enum: [none, running, middle, certifying]
            step:
              description: What is being done; null while nothing runs.
              type: [string, "null"]
            done:
              type: integer
            total:
              type: integer
            secondsLeft:
              description: How long the step will take yet at the pace that it has had.
              type: integer
            deep:
              description: Whether it is a deep one; while one is under way.
              type: boolean
            startedAt:
              type: string
              format: date-time
            steps:
              description: >-
                The steps that are behind, in their order, since it began or was resumed, with how long each took.
                `/v1/keys` leaves them out, and `rootKeySource`.
              type: array
              items:
                type: object
                required: [step, seconds]
                properties:
                  step:
                    type: string
                  seconds:
                    type: number
            rootKeySource:
              $ref: "#/components/schemas/RootKeySource"
            outcome:
              description: How the last one since the start ended.
              enum: [final, waiting, stopped]
            waitingFor:
              description: >-
                Replicas and directories of backups that are out of reach; `root-key`: a deep rotation needs a new
                root key that it can't make by itself.
              type: array
              items:
                type: string
            code:
              description: Why it stopped.
              type: string
            detail:
              description: What that is about, a record for example.
              type: string
        PublicKeys:
          type: object
          description: Public keys, epoch and rotation; further members may be added.
          required: [vault, epoch, keys]
          properties:
            rotation:
              $ref: "#/components/schemas/Rotation"
            replicasOutOfReach:
              description: Replicas of the keyring that are not known to hold it.
              type: array
              items:
                type: string
            ledgerReplicas:
              description: The directories of `ledger.replicas`.
              type: array
              items:
                type: object
                required: [directory, standing, behind]
                properties:
                  directory:
                    type: string
                  standing:
                    description: >-
                      `current` holds every entry; what is `out-of-reach` is caught up once it can be written;
                      `damaged` and `conflicting` are left as they are (docs/OPERATIONS.md).
                    enum: [current, out-of-reach, damaged, conflicting]
                  behind:
                    description: How many entries it lacks; null where that isn't known.
                    type: [integer, "null"]
            erasuresWaiting:
              description: Erasures that no rotation has made final yet.
              type: integer
            erasuresWaitingFor:
              description: For which finality they wait.
              type: object
              required: [runningRotation, nextRotation, places]
              properties:
                runningRotation:
                  description: Those that the rotation settles which has begun.
                  type: integer
                nextRotation:
                  description: Those from after its cutoff, or all where none has begun.
                  type: integer
                places:
                  description: What the one that has begun waits for.
                  type: array
                  items:
                    type: string
            overdue:
              description: What should have been done by now.
              type: array
              items:
                enum: [finality, rotation, clock, replicas, ledgerReplicas, backup]
            vault:
              $ref: "#/components/schemas/Id"
            epoch:
              type: integer
              minimum: 1
            keys:
              type: array
              items:
                type: object
                required: [use, algorithm, keyId, publicKey]
                properties:
                  use:
                    enum: [certificates, log, backups]
                  algorithm:
                    const: Ed25519
                  keyId:
                    type: string
                  publicKey:
                    description: 32 bytes, base64.
                    type: string
        Status:
          type: object
          description: Counts and states; further members may be added.
          properties:
            keys:
              type: object
              properties:
                recoverable:
                  description: >-
                    `yes` where escrow and ledger each have a current replica on another file system, and there is
                    a backup.
                  enum: ["yes", "no"]
                recoveryLacks:
                  description: Of what a lost disk would leave nothing.
                  type: array
                  items:
                    enum: [escrow, ledger, backup]
            timedDestruction:
              description: Whether what is due by time alone is carried out.
              type: object
              required: [clock, doubtedSince, waiting]
              properties:
                clock:
                  description: Doubted once it led the log by more than 48 hours, until it is confirmed.
                  enum: [believed, doubted]
                doubtedSince:
                  type: [string, "null"]
                  format: date-time
                waiting:
                  description: What waits for a person, since it was last due.
                  type: array
                  items:
                    type: object
                    required: [what, reason]
                    properties:
                      what:
                        enum: [rotation, audit-entries]
                      reason:
                        description: >-
                          `clock`, or that the run would destroy more (`count`) than its preview said, or than
                          the cap (`limit`).
                        enum: [clock, preview, cap]
                      count:
                        type: integer
                      limit:
                        type: integer
            log:
              description: How the audit log stands.
              type: object
              required: [standing, witness]
              properties:
                standing:
                  description: How it stood at the start to the ledger's marks of it.
                  enum:
                    - intact
                    - shorter
                    - altered
                witness:
                  description: >-
                    The outside witness of its checkpoints; `last…` and `ageSeconds` once it has one,
                    `failure` while the last try failed.
                  type: object
                  required: [configured]
                  properties:
                    configured:
                      type: boolean
                    lastSize:
                      type: integer
                    lastAt:
                      type: string
                      format: date-time
                    ageSeconds:
                      type: integer
                    failure:
                      description: >-
                        A stable code, such as `file-unwritable`, `command-exit-1`, `command-timeout`,
                        `foreign-note`, `log-shorter`, `log-altered`.
                      type: string
        AuditEntry:
          description: |
            Ids, codes and times; never values or free text. All but `number`, `leaf`, `leafHash` and
            `expired` is read from the bytes in `leaf`; what does not apply is absent.
          type: object
          required: [number]
          properties:
            number:
              $ref: "#/components/schemas/EntryNumber"
            leaf:
              description: The entry's bytes; absent once they have expired.
              $ref: "#/components/schemas/Base64"
            leafHash:
              description: The hash that stands in the tree, where `leaf` is absent or does not have it.
              $ref: "#/components/schemas/Hash"
            expired:
              description: The retention of the entry's bytes is over; only its hash is left.
              const: true
            t:
              description: When.
              type: string
              format: date-time
            uid:
              type: integer
              minimum: 0
            user:
              description: The name of the uid at that time.
              type: string
            token:
              description: The token under which the caller asked, or that it was refused.
              type: string
            pid:
              type: integer
            purpose:
              type: string
            op:
              description: What was done or asked for.
              type: string
              example: erase
            record:
              $ref: "#/components/schemas/Id"
            fields:
              description: Names of the fields that were touched.
              type: array
              items:
                type: string
            outcome:
              description: "`ok`, an error code, or `damaged`: the bytes do not have the hash in the tree."
              type: string
            generation:
              description: Of the record or of the policy, as it was read or written.
              type: integer
              minimum: 0
            reason:
              type: string
            count:
              type: integer
              minimum: 0
            request:
              description: The id of the request, as in Aitta-Request-Id.
              type: string
        HistoryEntry:
          description: |
            An entry of the audit log that names the record. With `view=subject` it has `t`, `purpose`, `op`
            and `fields` alone.
          type: object
          additionalProperties: false
          properties:
            number:
              $ref: "#/components/schemas/EntryNumber"
            t:
              description: When.
              type: string
              format: date-time
            uid:
              type: integer
              minimum: 0
            user:
              description: The name of the uid at that time.
              type: string
            purpose:
              type: string
            op:
              description: What was done or asked for.
              type: string
              example: read
            fields:
              description: Names of the fields that were touched.
              type: array
              items:
                type: string
            outcome:
              description: |
                `ok`, an error code, or `damaged`: the entry does not have its hash, and nothing else of it
                is shown.
              type: string
            reason:
              type: string
        EntryNumber:
          description: Entries are numbered from 1, without a gap; the index of a leaf is one less.
          type: integer
          minimum: 1
        Checkpoint:
          type: object
          additionalProperties: false
          required: [size, root, note, verifierKey]
          properties:
            size:
              description: How many entries the log has.
              type: integer
              minimum: 0
            root:
              $ref: "#/components/schemas/Hash"
            note:
              $ref: "#/components/schemas/Note"
            verifierKey:
              $ref: "#/components/schemas/VerifierKey"
        BreachScope:
          description: |
            A signed statement; docs/FORMAT.md says what is signed. It names no record.
          type: object
          additionalProperties: false
          required:
            - format
            - vault
            - principal
            - from
            - to
            - madeAt
            - separation
            - records
            - fields
            - compartments
            - accesses
            - firstAccess
            - lastAccess
            - refusals
            - unreadableEntries
            - firstEntry
            - lastEntry
            - logSize
            - logRoot
            - signature
          properties:
            format:
              const: aitta-breach-scope/1
            vault:
              $ref: "#/components/schemas/Id"
            principal:
              type: string
            from:
              type: string
              format: date-time
            to:
              type: string
              format: date-time
            madeAt:
              type: string
              format: date-time
            separation:
              description: Whether data and administrative roles are kept apart in this vault.
              enum: ["on", "off"]
            records:
              description: Distinct records that were touched.
              type: integer
              minimum: 0
            fields:
              description: The same for each field, in the order of names.
              type: array
              items:
                type: object
                additionalProperties: false
                required: [field, compartment, records]
                properties:
                  field:
                    type: string
                  compartment:
                    description: "`unknown` for a field that the catalogue no longer has."
                    type: string
                  records:
                    type: integer
                    minimum: 1
            compartments:
              description: The same for each compartment, in the order of names.
              type: array
              items:
                type: object
                additionalProperties: false
                required: [compartment, records]
                properties:
                  compartment:
                    type: string
                  records:
                    type: integer
                    minimum: 1
            accesses:
              description: Entries that were counted, one for each access and record.
              type: integer
              minimum: 0
            firstAccess:
              type: [string, "null"]
              format: date-time
            lastAccess:
              type: [string, "null"]
              format: date-time
            refusals:
              description: The principal's requests, for whatever, that were refused or failed.
              type: integer
              minimum: 0
            unreadableEntries:
              description: |
                Entries that are missing or do not have their hash, of whomever and whenever: what they said
                is not counted.
              type: integer
              minimum: 0
            firstEntry:
              $ref: "#/components/schemas/EntryNumber"
            lastEntry:
              $ref: "#/components/schemas/EntryNumber"
            logSize:
              type: integer
              minimum: 1
            logRoot:
              $ref: "#/components/schemas/Hash"
            signature:
              type: object
              additionalProperties: false
              required: [algorithm, keyId, value]
              properties:
                algorithm:
                  const: Ed25519
                keyId:
                  type: string
                value:
                  $ref: "#/components/schemas/Base64"
        InclusionProof:
          type: object
          additionalProperties: false
          required: [number, size, leafHash, hashes]
          properties:
            number:
              $ref: "#/components/schemas/EntryNumber"
            size:
              type: integer
              minimum: 1
            leafHash:
              $ref: "#/components/schemas/Hash"
            hashes:
              $ref: "#/components/schemas/Hashes"
        ConsistencyProof:
          type: object
          additionalProperties: false
          required: [from, to, hashes]
          properties:
            from:
              type: integer
              minimum: 1
            to:
              type: integer
              minimum: 1
            hashes:
              $ref: "#/components/schemas/Hashes"
        Base64:
          description: RFC 4648, section 4, padded.
          type: string
          contentEncoding: base64
        Hash:
          description: SHA-256 in base64.
          type: string
          pattern: "^[A-Za-z0-9+/]{43}=$"
        Hashes:
          description: From the leaves upwards.
          type: array
          maxItems: 64
          items:
            $ref: "#/components/schemas/Hash"
        Note:
          description: |
            A C2SP signed note of a tlog-checkpoint: the origin `aitta/` and the vault's id, the size, the
            root in base64, an empty line, and a line for each signature.
          type: string
        VerifierKey:
          description: |
            The log's key as C2SP vkey: name, id and key, with plus signs between. It proves nothing where
            it stands beside what it verifies.
          type: string
          example: aitta/0190b7e4-0000-7000-8000-000000000001+b1a04acb+ARva6Znn4MDMmpvrCWh7arfnXlzcn4Dk8AvDMpjL5lpw
        Problem:
          description: RFC 9457.
          type: object
          required: [type, title, status, code]
          properties:
            type:
              type: string
              pattern: "^urn:aitta:error:[a-z_]+$"
            title:
              type: string
            status:
              type: integer
            code:
              enum:
                - malformed_json
                - malformed_request
                - purpose_required
                - bad_token
                - not_granted
                - wrong_passphrase
                - unknown_record
                - unknown_grant
                - unknown_role
                - unknown_token
                - no_such_route
                - method_not_allowed
                - timeout
                - duplicate
                - conflict
                - erased
                - version_mismatch
                - body_too_large
                - not_json
                - invalid_value
                - unknown_field
                - idempotency_mismatch
                - restricted
                - too_many_attempts
                - over_budget
                - too_many_requests
                - header_too_large
                - sealed
                - not_ready
                - too_many_connections
                - disk_full
                - outcome_unknown
                - damaged
                - internal
            detail:
              type: string
            hint:
              type: string
            errors:
              description: The rules that the request breaks, and where.
              type: array
              items:
                type: object
                required: [rule]
                properties:
                  pointer:
                    description: A JSON Pointer (RFC 6901) into the body.
                    type: string
                  parameter:
                    description: A query parameter.
                    type: string
                  header:
                    description: A header.
                    type: string
                  rule:
                    type: string
            field:
              description: "`duplicate`: the field."
              type: string
            existing:
              description: "`duplicate`: the other record, for callers who could find it by the field."
              $ref: "#/components/schemas/Id"
            version:
              description: "`version_mismatch`: the current version."
              type: integer
            rule:
              description: "`malformed_json`: the rule that the text breaks."
              type: string
            offset:
              description: "`malformed_json`: the byte at which it does."
              type: integer
            requestId:
              type: string

    """#
