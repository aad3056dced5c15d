/** The first account of a run, whose password all people of the benchmark have. */
export const administrator = {
  email: 'root@example.org',
  password: 'a password of good length',
};
