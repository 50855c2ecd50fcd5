#include "lastgood.h"

void lg_assert_failed(void)
{
    __builtin_trap();
}
