// The descriptors the program is born with.
//
// A shell or a careless service passes on more than it means to, and an open directory among them
// would be a way out of the chroot. Called from main, before there are threads.
#pragma once

#include <cstddef>

namespace ot {

// Opens /dev/null for each of 0, 1 and 2 that is closed: the first socket must not become the
// standard error that log lines go to.
void open_standard_streams();

// Closes everything but 0 to 2 and the `sockets` descriptors from 3 on that were passed in on
// purpose.
void close_other_descriptors(size_t sockets);

}  // namespace ot
