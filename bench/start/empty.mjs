/** A process that does nothing: what every start is measured above. */
console.log(0);
