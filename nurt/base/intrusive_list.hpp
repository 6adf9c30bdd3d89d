// SPDX-License-Identifier: MIT
// nurt/base/intrusive_list.hpp: lists whose links live in their elements.
//
// Waiting allocates nothing: what waits carries its own links. A list never owns its elements.
#pragma once

namespace nurt {

// The link of an element that can be in one list at a time. Not copied: others point to it.
struct list_link {
    list_link() = default;
    list_link(const list_link&) = delete;
    list_link& operator=(const list_link&) = delete;

    bool linked() const noexcept { return next_link != nullptr; }

    void unlink() noexcept {
        previous_link->next_link = next_link;
        next_link->previous_link = previous_link;
        next_link = previous_link = nullptr;
    }

    list_link* next_link = nullptr;
    list_link* previous_link = nullptr;
};

// A doubly linked list of T, which derives from Link (list_link, or a class made from it when T is
// in several lists). First in first out with push_back and pop_front; unlink() is constant time.
template <class T, class Link = list_link>
class intrusive_list {
public:
    intrusive_list() noexcept { reset(); }
    intrusive_list(const intrusive_list&) = delete;
    intrusive_list& operator=(const intrusive_list&) = delete;

    bool empty() const noexcept { return head_.next_link == &head_; }
    T* front() noexcept { return empty() ? nullptr : to(head_.next_link); }
    T* back() noexcept { return empty() ? nullptr : to(head_.previous_link); }
    T* next(T& element) noexcept {
        list_link* link = static_cast<Link&>(element).next_link;
        return link == &head_ ? nullptr : to(link);
    }

    void push_back(T& element) noexcept { insert(*head_.previous_link, element); }
    void push_front(T& element) noexcept { insert(head_, element); }

    T* pop_front() noexcept {
        T* first = front();
        if (first != nullptr) {
            static_cast<Link&>(*first).unlink();
        }
        return first;
    }

    // Moves all elements of other to the end of this list.
    void splice_back(intrusive_list& other) noexcept {
        if (other.empty()) {
            return;
        }
        list_link* first = other.head_.next_link;
        list_link* last = other.head_.previous_link;
        first->previous_link = head_.previous_link;
        head_.previous_link->next_link = first;
        last->next_link = &head_;
        head_.previous_link = last;
        other.reset();
    }

private:
    static T* to(list_link* link) noexcept { return static_cast<T*>(static_cast<Link*>(link)); }

    void reset() noexcept { head_.next_link = head_.previous_link = &head_; }

    void insert(list_link& before, T& element) noexcept {
        list_link& link = static_cast<Link&>(element);
        link.previous_link = &before;
        link.next_link = before.next_link;
        before.next_link->previous_link = &link;
        before.next_link = &link;
    }

    list_link head_;
};

}  // namespace nurt
