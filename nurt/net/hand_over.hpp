// SPDX-License-Identifier: MIT
// nurt/net/hand_over.hpp: a connection goes to another loop.
//
// What belongs to a loop stays there: tasks, streams, buffers. What moves is the bare socket, with the
// bytes that had been received already, and over there a new stream is made of it.
#pragma once

#include "nurt/net/server.hpp"
#include "nurt/stream/stream.hpp"

namespace nurt {

class event_loop;

// Runs handler(stream) in a task of that loop, with what was the connection of s; it is closed when
// the handler ends. The handler crosses as well, and so does what it holds. Its errors go to the
// exception handler of that loop; at the end of that loop it is cancelled. May be called on the loop
// of s only; `to` may be the same one.
//
// False: that loop is closed, and the connection too. The same happens if it closes before the
// handler begins. usage_error, and a closed connection, while somebody reads or writes.
bool hand_over(stream s, event_loop& to, connection_handler handler);

}  // namespace nurt
