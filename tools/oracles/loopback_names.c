/* Names on loopback, for tools/compare/probe_compare.py: preloaded, it makes getaddrinfo answer from a table instead of asking anybody.

   usage: LD_PRELOAD=loopback_names.so LOOPBACK_NAMES='db.example.com=127.0.0.2 …' PROGRAM

   Addresses and localhost are as ever; any other name is in LOOPBACK_NAMES, or there is none. Without the variable everything is as ever. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

typedef int lookup(const char *, const char *, const struct addrinfo *, struct addrinfo **);

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    lookup *real = (lookup *)dlsym(RTLD_NEXT, "getaddrinfo");
    const char *table = getenv("LOOPBACK_NAMES");
    if (!name || !table || !strcasecmp(name, "localhost"))
        return real(name, service, hints, found);
    /* A dot at the end says that the name is whole. */
    size_t length = strlen(name);
    if (length && name[length - 1] == '.')
        length--;
    for (const char *entry = table; *entry; entry += strcspn(entry, " "), entry += strspn(entry, " ")) {
        char address[64] = "";
        size_t known = strcspn(entry, "=");
        if (known == length && !strncasecmp(name, entry, length)) {
            strncat(address, entry + known + 1, strcspn(entry + known + 1, " ") % sizeof address);
            return real(address, service, hints, found);
        }
    }
    struct addrinfo numeric = hints ? *hints : (struct addrinfo){0};
    numeric.ai_flags |= AI_NUMERICHOST;
    return real(name, service, &numeric, found);
}
