// SPDX-License-Identifier: MIT
// nurt/threads/detail/stop.hpp: a std::stop_token for those who take one, and <stop_token> for nobody
// else.
#pragma once

#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

namespace nurt::detail {

template <class T>
constexpr bool names_stop_token() {
    constexpr std::string_view name = __PRETTY_FUNCTION__;  // "... [with T = std::stop_token]"
    return name.ends_with("T = std::stop_token]");
}

// A std::stop_source, once it is made.
class stop_switch {
public:
    stop_switch() = default;
    stop_switch(const stop_switch&) = delete;
    stop_switch& operator=(const stop_switch&) = delete;
    ~stop_switch() {
        if (source_ != nullptr) {
            destroy();
        }
    }

    void make();
    void request() noexcept {
        if (source_ != nullptr) {
            request_stop();
        }
    }
    void copy_token(void* to) const noexcept;  // makes a std::stop_token there

private:
    void request_stop() noexcept;
    void destroy() noexcept;

    void* source_ = nullptr;
};

// The argument of a function that takes a std::stop_token, and of no other: who names that type in
// a signature has included <stop_token>.
struct stop_argument {
    template <class T>
        requires(names_stop_token<T>())
    operator T() const {
        alignas(T) char memory[sizeof(T)];
        from->copy_token(memory);
        T* token = std::launder(reinterpret_cast<T*>(memory));
        T mine(std::move(*token));
        token->~T();
        return mine;
    }

    const stop_switch* from;
};

// Functions are called with their arguments, or with a stop_token before these.
template <class Fn, class... Args>
concept plain_function = requires(Fn& fn, Args&... args) { fn(std::move(args)...); };
template <class Fn, class... Args>
concept stoppable_function =
    !plain_function<Fn, Args...> &&
    requires(Fn& fn, stop_argument stop, Args&... args) { fn(stop, std::move(args)...); };
template <class Fn, class... Args>
concept thread_function = plain_function<Fn, Args...> || stoppable_function<Fn, Args...>;

template <class Fn, class... Args>
decltype(auto) call_with(const stop_switch& stop, Fn& fn, Args&... args) {
    if constexpr (plain_function<Fn, Args...>) {
        return fn(std::move(args)...);
    } else {
        return fn(stop_argument{&stop}, std::move(args)...);
    }
}

// What the function returns; a reference stays one, a value loses its const.
template <class Fn, class... Args>
    requires thread_function<Fn, Args...>
struct thread_result {
    using returned = decltype(call_with(std::declval<const stop_switch&>(), std::declval<Fn&>(),
                                        std::declval<Args&>()...));
    using type = std::conditional_t<std::is_lvalue_reference_v<returned>, returned,
                                    std::remove_cvref_t<returned>>;
};
template <class Fn, class... Args>
using thread_result_t = typename thread_result<Fn, Args...>::type;

}  // namespace nurt::detail
