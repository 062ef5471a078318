// SPDX-License-Identifier: Apache-2.0
//
// A private authority and a certificate of its for localhost, 127.0.0.1 and `registry.test`, made
// by the openssl program in a scratch folder.  Test-only.
#pragma once
#include <cstdlib>
#include <string>

#include "base/check.h"
#include "base/scratch_dir.h"

namespace hullmark::net {

class TestCertificates {
 public:
  /// `names` are the certificate's subject alternative names.
  explicit TestCertificates(
      const std::string& names = "DNS:localhost,DNS:registry.test,IP:127.0.0.1") {
    const std::string make =
        "cd '" + dir_.path() +
        "' && {"
        " openssl ecparam -name prime256v1 -genkey -noout -out ca.key &&"
        " openssl req -x509 -new -key ca.key -subj '/CN=Test authority' -days 2 -out ca.pem &&"
        " openssl ecparam -name prime256v1 -genkey -noout -out key.pem &&"
        " openssl req -new -key key.pem -subj '/CN=test' -out request.pem &&"
        " printf 'subjectAltName=" +
        names +
        "\\nbasicConstraints=CA:FALSE\\n' > extensions &&"
        " openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2"
        " -extfile extensions -out certificate.pem; } >log 2>&1";
    HM_CHECK(std::system(make.c_str()) == 0, "the openssl program makes certificates");
  }

  std::string ca() const { return dir_.Of("ca.pem"); }
  std::string certificate() const { return dir_.Of("certificate.pem"); }
  std::string key() const { return dir_.Of("key.pem"); }

 private:
  ScratchDir dir_;
};

}  // namespace hullmark::net
