// std::mutex with clang's thread-safety annotations: `make clang` refuses an unguarded access.
#pragma once

#include <mutex>

#if defined(__clang__)
#define OT_CAPABILITY(name) __attribute__((capability(name)))
#define OT_SCOPED_CAPABILITY __attribute__((scoped_lockable))
#define OT_GUARDED_BY(mutex) __attribute__((guarded_by(mutex)))
#define OT_REQUIRES(mutex) __attribute__((requires_capability(mutex)))
#define OT_ACQUIRE(...) __attribute__((acquire_capability(__VA_ARGS__)))
#define OT_RELEASE(...) __attribute__((release_capability(__VA_ARGS__)))
#else
#define OT_CAPABILITY(name)
#define OT_SCOPED_CAPABILITY
#define OT_GUARDED_BY(mutex)
#define OT_REQUIRES(mutex)
#define OT_ACQUIRE(...)
#define OT_RELEASE(...)
#endif

namespace ot {

class OT_CAPABILITY("mutex") Mutex {
 public:
  void lock() OT_ACQUIRE() { mutex_.lock(); }
  void unlock() OT_RELEASE() { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

class OT_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) OT_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() OT_RELEASE() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace ot
