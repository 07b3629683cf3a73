# workerd serve config.capnp: HTTP on port 8787; what learners learn is kept in the folder "state".
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .irises),
    (name = "state", disk = (path = "state", writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8787", http = (), service = "main")],
);

const irises :Workerd.Worker = (
  compatibilityDate = "2026-01-01",
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "iris.infer.wasm", wasm = embed "iris.infer.wasm"),
    (name = "iris.train.wasm", wasm = embed "iris.train.wasm"),
  ],
  durableObjectNamespaces = [(className = "Learner", uniqueKey = "learner")],
  durableObjectStorage = (localDisk = "state"),
  bindings = [(name = "LEARNERS", durableObjectNamespace = "Learner")],
);
