/* Loads the library of mutants. */
#include "mutants.h"

#include <dlfcn.h>
#include <stdio.h>

bool lg_mutants_load(struct lg_mutants *mutants, const char *library)
{
    const struct {
        const char *name;
        void *place;
    } wanted[] = {{"lg_mutant", &mutants->selected},
                  {"lg_mutant_seed", &mutants->seed},
                  {"lg_mutant_reached", &mutants->reached},
                  {"lg_mutate_tables", &mutants->mutate_tables},
                  {"lg_target_model_open_as", &mutants->open},
                  {"lg_target_model_read_as", &mutants->read_as},
                  {"lg_step", &mutants->step}};
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; handle && i < sizeof wanted / sizeof wanted[0]; i++) {
        *(void **)wanted[i].place = dlsym(handle, wanted[i].name);
        if (!*(void **)wanted[i].place)
            handle = NULL;
    }
    if (!handle)
        fprintf(stderr, "%s is no library of mutants\n", library);
    return handle != NULL;
}

void lg_mutants_select(const struct lg_mutants *mutants, int mutant)
{
    *mutants->selected = mutant;
    mutants->mutate_tables(mutant);
}
