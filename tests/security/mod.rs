//! Ways in which systems like this one were broken, each as a test. The files carry the numbers of the checks.
