// Ids stand in a message where its writer sees names, as in the platforms' own clients.

/** Put ids where names are written. */
export function encode(world, text) {
  const people = [world.bot, ...world.people].sort((one, other) => other.name.length - one.name.length);
  let encoded = text.trim();
  for (const { id, name } of people) {
    const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    encoded = encoded.replace(new RegExp(`(?<!\\w)@${escaped}(?!\\w)`, "gi"), `<@${id}>`);
  }
  return encoded;
}

/** Put names where ids stand, for its writer to go on with. */
export function decode(world, text) {
  return text.replace(/<@!?(\w+)>/g, (whole, id) => {
    const person = world.person(id);
    return person ? `@${person.name}` : whole;
  });
}
