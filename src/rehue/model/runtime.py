"""Running a network: ONNX Runtime, or OpenVINO (extra `openvino`).

The user chooses the runtime and the device; nothing is chosen by timing, and what is missing is
an error with its install line.
"""

import os
import sys
from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rehue.errors import ModelError, install_line
from rehue.files import reason
from rehue.model.card import Model
from rehue.model.part import part_for


class Outputs(NamedTuple):
    """What a network answers, float32; None for what it lacks.

    Attributes:
        logits: N x B x h x w over the bins.
        ab: N x 2 x h x w.
        features: N x C x H/32 x W/32, by which a recogniser tells things apart.
    """

    logits: NDArray[Any] | None = None
    ab: NDArray[Any] | None = None
    features: NDArray[Any] | None = None


# ONNX Runtime's provider for each device.
_PROVIDERS = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "directml": "DmlExecutionProvider",
    "rocm": "ROCMExecutionProvider",
}


class Runtime(ABC):
    """A network that is ready to run; safe to call from several threads.

    Attributes:
        description: runtime, version, device and threads, as marks and journals say it.
        inputs: names of the network's inputs.
    """

    description: str
    inputs: frozenset[str]

    def run(
        self,
        lightness: NDArray[np.float32],
        bins: int,
        hints: NDArray[np.float32] | None = None,
        palette: NDArray[np.float32] | None = None,
    ) -> Outputs:
        """Ask the network.

        Args:
            lightness: N x 1 x H x W, L in 0..100; H and W multiples of 32.
            bins: B.
            hints: N x 3 x H x W: a, b and a mask; None for none.
            palette: N x B shares; None for none.
        """
        batch, _, height, width = lightness.shape
        none = np.zeros((batch, 3, height, width), np.float32), np.zeros((batch, bins), np.float32)
        given = {
            "lightness": lightness,
            "hints": none[0] if hints is None else hints,
            "palette": none[1] if palette is None else palette,
        }
        outputs = self._run({name: given[name] for name in given if name in self.inputs})
        return Outputs(**{name: outputs[name] for name in Outputs._fields if name in outputs})

    @property
    def recognizer(self) -> "Runtime":
        """What answers with features, and as little else as can be; of some networks all."""
        return self

    @abstractmethod
    def _run(self, inputs: dict[str, NDArray[np.float32]]) -> dict[str, NDArray[Any]]:
        """Return the outputs by name."""


class _Loaded(Runtime):
    """A network of an ONNX file.

    Args:
        model: the file.
        device: `cpu`, or what the runtime offers.
        threads: of the network.
        part: ONNX bytes in place of the file's.
    """

    def __init__(self, model: Model, device: str, threads: int, part: bytes | None = None) -> None:
        self._model, self._device, self._threads = model, device, threads
        if part is None:
            model.check()
        # By its path: of bytes that are handed over, ONNX Runtime keeps a copy.
        self._load(part or str(model.path))

    @cached_property
    def recognizer(self) -> Runtime:
        part = part_for(self._model.read(), "features")
        if part is None:
            return self
        return type(self)(self._model, self._device, self._threads, part)

    @abstractmethod
    def _load(self, network: str | bytes) -> None:
        """Make an ONNX file, or its bytes, ready; sets `inputs` and `description`."""


class _OnnxRuntime(_Loaded):
    def _load(self, network: str | bytes) -> None:
        import onnxruntime  # noqa: PLC0415, it takes longer to load than all the rest

        # `rehue/__init__.py` has told it to send nothing home; who loaded it earlier has not, nor
        # do its builds for Windows before 1.29 heed that.
        onnxruntime.disable_telemetry_events()
        model, device, threads = self._model, self._device, self._threads
        provider = _PROVIDERS.get(device)
        available = onnxruntime.get_available_providers()
        if provider not in available:
            usable = [name for name, p in _PROVIDERS.items() if p in available]
            raise ModelError(
                f"ONNX Runtime has no device {device!r} here: use --device "
                f"{' or '.join(usable)}, or install its build (pip install onnxruntime-gpu)"
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 4
        # A plan of memory is kept for each size of picture, and saves no time.
        options.enable_mem_pattern = False
        # Idle threads would go on spinning on the cores that then colour the picture.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(network, options, providers=[provider])
        except Exception as error:  # its exceptions share no public base
            raise ModelError(
                f"{model.path}: ONNX Runtime cannot load it ({reason(error)}): install it again"
            ) from error
        self.description = f"onnxruntime {onnxruntime.__version__}, {device}, {_counted(threads)}"

        self.inputs = frozenset(port.name for port in self._session.get_inputs())

    def _run(self, inputs: dict[str, NDArray[np.float32]]) -> dict[str, NDArray[Any]]:
        names = [port.name for port in self._session.get_outputs()]
        return dict(zip(names, self._session.run(names, inputs), strict=True))


class _OpenVino(_Loaded):
    def _load(self, network: str | bytes) -> None:
        # OpenVINO sends home that it was imported, unless its package for that is missing.
        sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
        try:
            import openvino  # noqa: PLC0415
        except ImportError as error:
            raise ModelError(f"OpenVINO is not installed: {install_line('openvino')}") from error
        model, device, threads = self._model, self._device, self._threads
        core = openvino.Core()
        if device.upper() not in core.available_devices:
            usable = ", ".join(name.lower() for name in core.available_devices)
            raise ModelError(f"OpenVINO has no device {device!r} here: use --device {usable}")
        config: dict[str, object] = {}
        if device == "cpu":
            # In bfloat16, which some processors would take, ab move by up to 2.2.
            config = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"}
        try:
            self._compiled = core.compile_model(core.read_model(network), device.upper(), config)
        except RuntimeError as error:
            raise ModelError(
                f"{model.path}: OpenVINO cannot load it ({reason(error)}): install it again"
            ) from error
        self.inputs = frozenset(name for port in self._compiled.inputs for name in port.names)
        precision = self._compiled.get_property("INFERENCE_PRECISION_HINT").type_name
        self.description = (
            f"openvino {openvino.__version__}, {device}, {_counted(threads)}, {precision}"
        )

    def _run(self, inputs: dict[str, NDArray[np.float32]]) -> dict[str, NDArray[Any]]:
        request = self._compiled.create_infer_request()
        request.infer(inputs)
        ports = self._compiled.outputs
        return {port.any_name: request.get_tensor(port).data.copy() for port in ports}


RUNTIMES = {"onnxruntime": _OnnxRuntime, "openvino": _OpenVino}


def open_runtime(
    model: Model, name: str = "onnxruntime", device: str = "cpu", threads: int | None = None
) -> Runtime:
    """Load a model into a runtime.

    Args:
        model: what to load; its hash is checked first.
        name: `onnxruntime` or `openvino`.
        device: `cpu`, or what the runtime offers.
        threads: of the network; None takes all processors of this process.

    Raises:
        ModelError: the runtime, the device or the model cannot be had.
    """
    if name not in RUNTIMES:
        raise ModelError(f"no runtime {name!r}: use {' or '.join(RUNTIMES)}")
    return RUNTIMES[name](model, device, threads or available_processors())


def available_processors() -> int:
    """Return how many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))  # type: ignore[attr-defined,unused-ignore]
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


def _counted(threads: int) -> str:
    return "1 thread" if threads == 1 else f"{threads} threads"
