/* Wine 8 has no bcryptprimitives.dll, whose ProcessPrng Rust's standard library calls for random numbers. */
#include <windows.h>

/* RtlGenRandom, under the name that advapi32.dll exports it by. */
BOOLEAN WINAPI SystemFunction036(PVOID buffer, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE buffer, SIZE_T length)
{
    while (length > 0) {
        ULONG part = length > 0x40000000 ? 0x40000000 : (ULONG)length;
        if (!SystemFunction036(buffer, part))
            return FALSE;
        buffer += part;
        length -= part;
    }
    return TRUE;
}
