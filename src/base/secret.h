// SPDX-License-Identifier: Apache-2.0
//
// Secret: a token or password that does not print, log or compare by accident, and whose bytes are
// wiped when it goes. Thread-compatible.
#pragma once
#include <cstring>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace hullmark {

class Secret {
 public:
  Secret() = default;
  /// Takes the text over; the caller's string is wiped.
  explicit Secret(std::string&& text) : bytes_(text.begin(), text.end()) {
    explicit_bzero(text.data(), text.size());
    text.clear();
  }
  explicit Secret(std::string_view text) : bytes_(text.begin(), text.end()) {}
  Secret(const Secret&) = default;
  Secret& operator=(const Secret& other) {
    if (this != &other) *this = Secret(other);
    return *this;
  }
  Secret(Secret&&) noexcept = default;
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      Wipe();
      bytes_ = std::move(other.bytes_);
      other.bytes_.clear();
    }
    return *this;
  }
  ~Secret() { Wipe(); }

  bool empty() const { return bytes_.empty(); }
  /// The one way to the text; borrowed.  Every caller is a place to look at.
  std::string_view Reveal() const { return {bytes_.data(), bytes_.size()}; }
  /// What logs and messages show instead.
  std::string ToString() const { return empty() ? "" : "[secret]"; }
  friend std::ostream& operator<<(std::ostream& out, const Secret& secret) {
    return out << secret.ToString();
  }

 private:
  void Wipe() {
    if (!bytes_.empty()) explicit_bzero(bytes_.data(), bytes_.size());
  }

  // A vector and not a string: a moved-from short string keeps its characters.
  std::vector<char> bytes_;
};

}  // namespace hullmark
