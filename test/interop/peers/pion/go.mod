module veritls.test/pion

go 1.22

require github.com/pion/dtls/v3 v3.0.6

require (
	github.com/pion/logging v0.2.3 // indirect
	github.com/pion/transport/v3 v3.0.7 // indirect
	golang.org/x/crypto v0.32.0 // indirect
)
