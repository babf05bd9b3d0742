/* A preload that does nothing: the supervisor needs one to pass on. */
extern const int preload_nothing;
const int preload_nothing = 0;
