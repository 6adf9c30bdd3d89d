// SPDX-License-Identifier: MIT
// examples/localhost.hpp: a certificate for localhost and its key, signed by itself.
//
// Everybody has the key, so it is good for examples only. Made by
//     openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500
//             -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1
#pragma once

inline constexpr const char localhost_certificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBqTCCAU6gAwIBAgIUAy1DbAq5OObg8wduC4ux+eg8ka8wCgYIKoZIzj0EAwIw\n"
    "FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzAxNTcwMloYDzIxMjYxMDMw\n"
    "MDE1NzAyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO\n"
    "PQMBBwNCAAR09iTkjLA3iTl1Lqsif2kMDoUaAGjgY/uJtd0nvI4lQAvx0l0WMhS2\n"
    "MZ38PyGMKGk0Jfv9gbo+O+mLWk4nvfgno3wwejAdBgNVHQ4EFgQUQuLO7ypvGsg6\n"
    "BvL0rt5QbLV/Yr4wHwYDVR0jBBgwFoAUQuLO7ypvGsg6BvL0rt5QbLV/Yr4wGgYD\n"
    "VR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/\n"
    "BAQDAgeAMAoGCCqGSM49BAMCA0kAMEYCIQCQH8FruvfLcTUEiLf87Q8bvgxi8eeH\n"
    "ldo976qBnqj7kAIhAO7INxtIZLOJo/4TiAWiJdAz3AHLUjdD03jv+4I+GzHp\n"
    "-----END CERTIFICATE-----\n";

inline constexpr const char localhost_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgiyMKkoSO7Hj+sexM\n"
    "9gJfZrk6ugNCuCJ0yEzS4yn4BjmhRANCAAR09iTkjLA3iTl1Lqsif2kMDoUaAGjg\n"
    "Y/uJtd0nvI4lQAvx0l0WMhS2MZ38PyGMKGk0Jfv9gbo+O+mLWk4nvfgn\n"
    "-----END PRIVATE KEY-----\n";
