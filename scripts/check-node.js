// npm ci --ignore-scripts leaves no node binary in node_modules/.bin: the tests would then run on the system's Node and
// fail in odd ways. Say it once, in front.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 24 || (major === 24 && minor < 15)) {
  console.error(`hookctl's tests need Node.js 24.15 or newer; this is ${process.version}.`)
  console.error('Run "npm ci" once: it brings a Node of its own into node_modules/.')
  process.exit(78)
}
