// SPDX-License-Identifier: Apache-2.0
//
// The parts of Beast's own code that its parser needs, compiled once; all of it would bring Asio's
// sockets along.
#define BOOST_BEAST_SOURCE  // as its src.hpp does: instantiates the templates here
#include <boost/beast/core/impl/string.ipp>
#include <boost/beast/http/detail/basic_parser.ipp>
#include <boost/beast/http/detail/rfc7230.ipp>
#include <boost/beast/http/impl/basic_parser.ipp>
#include <boost/beast/http/impl/error.ipp>
#include <boost/beast/http/impl/field.ipp>
#include <boost/beast/http/impl/rfc7230.ipp>
#include <boost/beast/http/impl/status.ipp>
#include <boost/beast/http/impl/verb.ipp>
