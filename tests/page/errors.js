/* Stands before everything else in the page: whatever goes wrong is kept for probe.js. */
const probedErrors = [];
addEventListener("error", (event) => probedErrors.push(String(event.message)));
addEventListener("securitypolicyviolation", (event) => probedErrors.push("refused: " + event.blockedURI));
for (const level of ["error", "warn"]) console[level] = (...words) => probedErrors.push(words.join(" "));
