// SPDX-License-Identifier: Apache-2.0
//
// Requests and what becomes of them: one table for the reader's test and for the server's, which
// sends each over a socket.  Test-only.
#pragma once
#include <cstddef>
#include <string_view>

namespace hullmark::net {

struct RequestCase {
  std::string_view name;
  std::string_view raw;
  int status;             ///< 200: taken
  std::string_view want;  ///< taken: "200 METHOD path?key=value body"; refused: part of the reason
};

// A literal that may hold NUL.
template <std::size_t N>
constexpr std::string_view Raw(const char (&text)[N]) {
  return {text, N - 1};
}

// clang-format off
inline constexpr RequestCase kRequestCases[] = {
    {"plain", "GET /a HTTP/1.1\r\nHost: h\r\n\r\n", 200, "200 GET /a "},
    {"host_with_port", "GET / HTTP/1.1\r\nHost: h:4855\r\n\r\n", 200, "200 GET / "},
    {"host_v6", "GET / HTTP/1.1\r\nHost: [::1]:4855\r\n\r\n", 200, "200 GET / "},
    {"old_version", "GET /a HTTP/1.0\r\n\r\n", 200, "200 GET /a "},
    {"blank_line_first", "\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n", 200, "200 GET /a "},
    {"decoded", "GET /a%20b/%C3%A4?x=%26&y=a+b%2B&z HTTP/1.1\r\nHost: h\r\n\r\n", 200, "200 GET /a b/\xc3\xa4?x=&?y=a b+?z= "},
    {"reference", "GET /api/v1/trace?ref=h:5000/a/b:1@sha256:00 HTTP/1.1\r\nHost: h\r\n\r\n", 200, "200 GET /api/v1/trace?ref=h:5000/a/b:1@sha256:00 "},
    {"empty_query", "GET /a? HTTP/1.1\r\nHost: h\r\n\r\n", 200, "200 GET /a "},
    {"own_absolute", "GET http://H:80/a?b=c HTTP/1.1\r\nHost: h\r\n\r\n", 200, "200 GET /a?b=c "},
    {"absolute_without_path", "GET http://h HTTP/1.1\r\nHost: h\r\n\r\n", 200, "200 GET / "},
    {"dots_in_a_name", "GET /a/..b/.c/... HTTP/1.1\r\nHost: h\r\n\r\n", 200, "200 GET /a/..b/.c/... "},
    {"body", "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nxyz", 200, "200 POST /b xyz"},
    {"empty_body", "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", 200, "200 POST /b "},
    {"chunked", "POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nxyz\r\n1;e=\"q\"\r\n!\r\n0\r\n\r\n", 200, "200 POST /b xyz!"},
    {"trailers", "POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX-Sum: 1\r\n\r\n", 200, "200 POST /b x"},
    {"blanks_around_value", "GET /a HTTP/1.1\r\nHost: \t h \t\r\n\r\n", 200, "200 GET /a "},
    {"empty_value", "GET /a HTTP/1.1\r\nHost: h\r\nX:\r\n\r\n", 200, "200 GET /a "},
    {"beyond_ascii_in_value", "GET /a HTTP/1.1\r\nHost: h\r\nX: \xc3\xa4\r\n\r\n", 200, "200 GET /a "},

    {"no_host", "GET / HTTP/1.1\r\n\r\n", 400, "no Host"},
    {"two_hosts", "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", 400, "more than one Host"},
    {"two_hosts_old", "GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n", 400, "more than one Host"},
    {"empty_host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400, "bad Host"},
    {"host_list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400, "bad Host"},
    {"host_with_path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "bad Host"},
    {"host_with_user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400, "bad Host"},
    {"host_bad_port", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400, "bad Host"},

    {"coding_gzip_chunked", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400, "other than chunked"},
    {"coding_identity", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: identity\r\n\r\n", 400, "other than chunked"},
    {"coding_twice", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, ""},
    {"coding_list_twice", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400, "other than chunked"},
    {"coding_unknown", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n", 400, "other than chunked"},
    {"coding_quoted", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: \"chunked\"\r\n\r\n", 400, "other than chunked"},
    {"coding_vertical_tab", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: \x0b" "chunked\r\n\r\n", 400, "control character"},
    {"coding_empty", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:\r\n\r\n", 400, "other than chunked"},
    {"coding_old", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "in HTTP/1.0"},
    {"coding_name_blank", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400, "bad field name"},
    {"both_lengths", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, ""},
    {"both_lengths_turned", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", 400, ""},
    {"length_with_gzip", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", 400, "both"},
    {"length_twice", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400, "more than one Content-Length"},
    {"lengths_differ", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy", 400, ""},
    {"length_list", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1, 1\r\n\r\nx", 400, "bad Content-Length"},
    {"length_sign", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\nx", 400, ""},
    {"length_negative", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\nx", 400, ""},
    {"length_hex", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0x1\r\n\r\nx", 400, ""},
    {"length_empty", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length:\r\n\r\n", 400, ""},
    {"length_huge", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n", 400, ""},
    {"folded", "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n", 400, "folded"},
    {"folded_tab", "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n\tb\r\n\r\n", 400, "folded"},
    {"folded_first", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400, "folded"},
    {"folded_coding", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", 400, "folded"},

    {"no_version", "GET /\r\n\r\n", 400, "bad request line"},
    {"two_blanks", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad request line"},
    {"tab", "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad request line"},
    {"blank_in_target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad request line"},
    {"blank_after_version", "GET / HTTP/1.1 \r\nHost: h\r\n\r\n", 400, "bad request line"},
    {"lower_case_protocol", "GET / http/1.1\r\nHost: h\r\n\r\n", 400, "bad request line"},
    {"version_word", "GET / HTTP/one\r\nHost: h\r\n\r\n", 400, "bad request line"},
    {"bad_method_character", "G(T / HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad request line"},
    {"beyond_ascii_in_target", "GET /\xc3\xa4 HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad request line"},
    {"tls_on_plain_port", "\x16\x03\x01\x02", 400, "no HTTP request"},
    {"bare_line_feeds", "GET / HTTP/1.1\nHost: h\n\n", 400, "CR LF"},
    {"bare_line_feed_in_fields", "GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n", 400, "CR LF"},
    {"bare_carriage_return", "GET / HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n", 400, "CR LF"},
    {"carriage_return_in_line", "GET /\r HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad request line"},
    {"field_without_colon", "GET / HTTP/1.1\r\nHost: h\r\nX\r\n\r\n", 400, "without a colon"},
    {"field_name_empty", "GET / HTTP/1.1\r\nHost: h\r\n: y\r\n\r\n", 400, "bad field name"},
    {"field_name_blank", "GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400, "bad field name"},
    {"nul_in_value", Raw("GET / HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n"), 400, "control character"},
    {"escape_in_value", "GET / HTTP/1.1\r\nHost: h\r\nX: a\x1b[0m\r\n\r\n", 400, "control character"},
    {"delete_in_value", "GET / HTTP/1.1\r\nHost: h\r\nX: a\x7f\r\n\r\n", 400, "control character"},

    {"other_scheme", "GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad request target"},
    {"other_host", "GET http://evil/ HTTP/1.1\r\nHost: h\r\n\r\n", 400, "different hosts"},
    {"other_port", "GET http://h:81/ HTTP/1.1\r\nHost: h\r\n\r\n", 400, "different hosts"},
    {"user_in_target", "GET http://u:p@h/ HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad request target"},
    {"asterisk", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad request target"},
    {"no_slash", "GET a HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad request target"},
    {"fragment", "GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad request target"},
    {"nul_in_path", "GET /a%00b HTTP/1.1\r\nHost: h\r\n\r\n", 400, "NUL"},
    {"nul_in_query", "GET /a?b=%00 HTTP/1.1\r\nHost: h\r\n\r\n", 400, "NUL"},
    {"broken_utf8_in_path", "GET /%ff HTTP/1.1\r\nHost: h\r\n\r\n", 400, "broken UTF-8"},
    {"broken_utf8_in_query", "GET /?a=%C3 HTTP/1.1\r\nHost: h\r\n\r\n", 400, "broken UTF-8"},
    {"bad_percent", "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad request target"},
    {"percent_at_end", "GET /a% HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad request target"},
    {"bad_percent_in_query", "GET /?a=%2 HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad request target"},
    {"dot_segment", "GET /a/./b HTTP/1.1\r\nHost: h\r\n\r\n", 400, "dot segment"},
    {"up", "GET /../etc/passwd HTTP/1.1\r\nHost: h\r\n\r\n", 400, "dot segment"},
    {"up_at_end", "GET /a/.. HTTP/1.1\r\nHost: h\r\n\r\n", 400, "dot segment"},
    {"up_encoded", "GET /a/%2e%2E/b HTTP/1.1\r\nHost: h\r\n\r\n", 400, "dot segment"},
    {"slash_encoded", "GET /a%2fb HTTP/1.1\r\nHost: h\r\n\r\n", 400, "encoded /"},

    {"expects_more", "POST / HTTP/1.1\r\nHost: h\r\nExpect: 200-ok\r\nContent-Length: 1\r\n\r\n", 417, "Expect"},
    {"unknown_method", "BREW / HTTP/1.1\r\nHost: h\r\n\r\n", 501, "method"},
    {"trace", "TRACE / HTTP/1.1\r\nHost: h\r\n\r\n", 501, "method"},
    {"connect", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", 501, "method"},
    {"lower_case_method", "get / HTTP/1.1\r\nHost: h\r\n\r\n", 501, "method"},
    {"version_2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "HTTP/1.1"},
    {"version_0", "GET / HTTP/0.9\r\n\r\n", 505, "HTTP/1.1"},
    {"version_1_2", "GET / HTTP/1.2\r\nHost: h\r\n\r\n", 505, "HTTP/1.1"},

    {"chunk_size_word", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxy\r\n0\r\n\r\n", 400, "bad request body"},
    {"chunk_size_sign", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n+1\r\nx\r\n0\r\n\r\n", 400, "bad request body"},
    {"chunk_size_prefix", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\nx\r\n0\r\n\r\n", 400, "bad request body"},
    {"chunk_size_overflow", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000001\r\nx\r\n0\r\n\r\n", 400, "bad request body"},
    {"chunk_too_long", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxyz\r\n0\r\n\r\n", 400, "bad request body"},
    {"chunk_line_feed", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\nx\n0\n\n\r\n", 400, "bad request body"},
    {"chunk_extension_line_feed", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;a\nb\r\nx\r\n0\r\n\r\n", 400, "bad request body"},
};
// clang-format on

}  // namespace hullmark::net
