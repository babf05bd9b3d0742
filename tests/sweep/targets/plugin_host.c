/* Loads the plug-in that the build names and calls its entry point.
 * It has no defect of its own. */
#include <dlfcn.h>
#include <stddef.h>

int main(void)
{
    void *plugin = dlopen(PLUGIN, RTLD_NOW);
    if (plugin == NULL)
        return 1;
    int (*entry)(const char *) = (int (*)(const char *))dlsym(plugin, "plugin_entry");
    int failed = entry == NULL ? -1 : entry("one.txt");
    return (dlclose(plugin) | failed) != 0;
}
