// A DTLS 1.2 peer on pion/dtls: `client` sends "hello" and prints what comes back, `server` echoes one association.
//
// pion client|server ADDRESS MTU CA CERT KEY PSK ("-" stands for nothing; the PSK is hexadecimal, its identity "me")
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/pion/dtls/v3"
)

func must(err error) {
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

func main() {
	role, address := os.Args[1], os.Args[2]
	mtu, err := strconv.Atoi(os.Args[3])
	must(err)
	ca, cert, key, psk := os.Args[4], os.Args[5], os.Args[6], os.Args[7]
	config := &dtls.Config{MTU: mtu, ExtendedMasterSecret: dtls.RequireExtendedMasterSecret}
	if ca != "-" {
		pem, err := os.ReadFile(ca)
		must(err)
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(pem)
		if role == "client" {
			// This version refuses a ServerHello that acknowledges server_name as RFC 6066 has it, with an empty extension: so it
			// sends no name, and the certificate is checked here.
			config.InsecureSkipVerify = true
			config.VerifyPeerCertificate = func(raw [][]byte, _ [][]*x509.Certificate) error {
				leaf, err := x509.ParseCertificate(raw[0])
				if err != nil {
					return err
				}
				_, err = leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: "localhost"})
				return err
			}
		} else {
			config.ClientCAs, config.ClientAuth = pool, dtls.RequireAndVerifyClientCert
		}
	}
	if cert != "-" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		must(err)
		config.Certificates = []tls.Certificate{pair}
	}
	if psk != "-" {
		secret, err := hex.DecodeString(psk)
		must(err)
		config.PSK = func([]byte) ([]byte, error) { return secret, nil }
		config.PSKIdentityHint = []byte("me")
		config.CipherSuites = []dtls.CipherSuiteID{dtls.TLS_PSK_WITH_AES_128_GCM_SHA256, dtls.TLS_PSK_WITH_AES_128_CCM_8}
	}
	peer, err := net.ResolveUDPAddr("udp", address)
	must(err)
	var connection net.Conn
	if role == "client" {
		connection, err = dtls.Dial("udp", peer, config)
		must(err)
	} else {
		listener, err := dtls.Listen("udp", peer, config)
		must(err)
		fmt.Println("listening")
		connection, err = listener.Accept()
		must(err)
	}
	limit, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	must(connection.(*dtls.Conn).HandshakeContext(limit))
	fmt.Println("connected")
	buffer := make([]byte, 2000)
	if role == "client" {
		_, err = connection.Write([]byte("hello"))
		must(err)
	}
	n, err := connection.Read(buffer)
	must(err)
	fmt.Println("got", string(buffer[:n]))
	if role == "server" {
		_, err = connection.Write(buffer[:n])
		must(err)
		_, _ = connection.Read(buffer)
	}
	must(connection.Close())
}
