#!/usr/bin/env bash
# Makes what the NATS cluster of deploy/compose.yaml needs for TLS: an authority of its own and one
# certificate for the three servers, valid for ten years.
#
#   certificates.sh FOLDER      writes ca.crt, ca.key, server.crt, server.key into a new FOLDER
#
# ca.key is needed for nothing but further certificates: keep it elsewhere.
set -euo pipefail

folder=${1:?the folder to make}
days=3650
mkdir --mode 700 "$folder"
cd "$folder"

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days "$days" \
    -subj "/CN=HaveFunnels NATS authority" -addext "keyUsage=critical,keyCertSign,cRLSign" \
    -keyout ca.key -out ca.crt 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -subj "/CN=nats" -keyout server.key -out server.csr 2>/dev/null
openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days "$days" \
    -extfile <(
        echo "subjectAltName=DNS:nats-1,DNS:nats-2,DNS:nats-3,DNS:localhost,IP:127.0.0.1"
        echo "extendedKeyUsage=serverAuth,clientAuth"
    ) -out server.crt 2>/dev/null
rm server.csr ca.srl
echo "made in $PWD: $(echo *)"
