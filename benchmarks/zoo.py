"""Trains a zoo of tiny language models with known parents, and makes the children that need no training.

    pip install torch==2.13.0 safetensors    # in an environment of its own: the project does not need torch
    python benchmarks/zoo.py FOLDER          # minutes on two cores; every seed is fixed

Llama-shaped (RMSNorm, RoPE, SwiGLU; width 128, 6 layers, feed-forward 352, vocabulary 2048) on two corpora of source
code that every Python carries: the standard library's modules, and its tests or the packages installed beside it.
"""

from __future__ import annotations

import json
import re
import sys
import sysconfig
import time
from collections import Counter
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch.nn import functional

WIDTH, LAYERS, INNER, VOCABULARY, HEADS, CONTEXT = 128, 6, 352, 2048, 4, 64
STEPS, BATCH, RATE = 200, 8, 3e-3
Weights = dict[str, torch.Tensor]
CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": WIDTH,
    "num_hidden_layers": LAYERS,
    "intermediate_size": INNER,
    "num_attention_heads": HEADS,
    "num_key_value_heads": HEADS,
    "vocab_size": VOCABULARY,
    "tie_word_embeddings": False,
}


def corpora() -> tuple[torch.Tensor, torch.Tensor]:
    """Two streams of tokens."""
    library = Path(sysconfig.get_paths()["stdlib"])
    first = sorted(library.glob("[a-m]*.py")) + sorted(library.glob("asyncio/*.py"))
    second = (
        sorted(library.glob("[n-z]*.py")) + sorted(library.glob("email/*.py")) + sorted(library.glob("idlelib/*.py"))
    )
    texts = ["\n".join(path.read_text("utf-8", "replace") for path in paths)[:2_500_000] for paths in (first, second)]
    pieces = [re.findall(r" ?\w+|\n +|[^\w]", text) for text in texts]
    common = [piece for piece, _ in Counter(pieces[0] + pieces[1]).most_common() if len(piece.encode()) > 1]
    ids = {piece: 256 + number for number, piece in enumerate(common[: VOCABULARY - 256])}
    return tuple(
        torch.tensor([i for piece in some for i in ([ids[piece]] if piece in ids else piece.encode())])
        for some in pieces
    )


def born(seed: int, vocabulary: int = VOCABULARY) -> Weights:
    """A model at step 0."""
    torch.manual_seed(seed)
    normal = lambda *shape: torch.randn(*shape) * 0.02  # noqa: E731
    found = {"model.embed_tokens.weight": normal(vocabulary, WIDTH)}
    for layer in range(LAYERS):
        at = f"model.layers.{layer}."
        for name in "qkvo":
            found[f"{at}self_attn.{name}_proj.weight"] = normal(WIDTH, WIDTH)
        found[f"{at}mlp.gate_proj.weight"] = normal(INNER, WIDTH)
        found[f"{at}mlp.up_proj.weight"] = normal(INNER, WIDTH)
        found[f"{at}mlp.down_proj.weight"] = normal(WIDTH, INNER)
        found[f"{at}input_layernorm.weight"] = torch.ones(WIDTH)
        found[f"{at}post_attention_layernorm.weight"] = torch.ones(WIDTH)
    found["model.norm.weight"] = torch.ones(WIDTH)
    found["lm_head.weight"] = normal(vocabulary, WIDTH)
    return found


def norm(x: torch.Tensor, gain: torch.Tensor) -> torch.Tensor:
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * gain


def turned(x: torch.Tensor) -> torch.Tensor:
    half = x.shape[-1] // 2
    angle = torch.arange(x.shape[-2])[:, None] * (10_000 ** -(torch.arange(half) / half))
    cos, sin = angle.cos(), angle.sin()
    first, second = x[..., :half], x[..., half:]
    return torch.cat([first * cos - second * sin, first * sin + second * cos], -1)


def feed(weights: Weights, at: str, x: torch.Tensor) -> torch.Tensor:
    if f"{at}mlp.gate.weight" not in weights:
        w = [weights[f"{at}mlp.{name}_proj.weight"] for name in ("gate", "up", "down")]
        return (functional.silu(x @ w[0].T) * (x @ w[1].T)) @ w[2].T
    chances = (x @ weights[f"{at}mlp.gate.weight"].T).softmax(-1)
    best = chances.topk(2, dim=-1)
    whole = torch.zeros_like(x)
    for expert in range(chances.shape[-1]):
        share = (best.values * (best.indices == expert)).sum(-1, keepdim=True) / best.values.sum(-1, keepdim=True)
        w = [weights[f"{at}mlp.experts.{expert}.{name}_proj.weight"] for name in ("gate", "up", "down")]
        whole = whole + share * ((functional.silu(x @ w[0].T) * (x @ w[1].T)) @ w[2].T)
    return whole


def logits(weights: Weights, tokens: torch.Tensor) -> torch.Tensor:
    x = weights["model.embed_tokens.weight"][tokens]
    for layer in range(LAYERS):
        at = f"model.layers.{layer}."
        if f"{at}input_layernorm.weight" not in weights:
            continue
        y = norm(x, weights[f"{at}input_layernorm.weight"])
        q, k, v = (
            (y @ weights[f"{at}self_attn.{n}_proj.weight"].T).unflatten(-1, (HEADS, -1)).transpose(1, 2) for n in "qkv"
        )
        z = functional.scaled_dot_product_attention(turned(q), turned(k), v, is_causal=True)
        x = x + z.transpose(1, 2).flatten(2) @ weights[f"{at}self_attn.o_proj.weight"].T
        x = x + feed(weights, at, norm(x, weights[f"{at}post_attention_layernorm.weight"]))
    return norm(x, weights["model.norm.weight"]) @ weights["lm_head.weight"].T


def trained(
    weights: Weights, corpus: torch.Tensor, steps: int = STEPS, rate: float = RATE, order: int = 0, frozen: str = "!"
) -> Weights:
    """Train all weights whose names do not match `frozen`; `order` seeds the order of the data."""
    weights = {name: one.clone().requires_grad_(not re.match(frozen, name)) for name, one in weights.items()}
    learner = torch.optim.AdamW([one for one in weights.values() if one.requires_grad], rate, weight_decay=0.05)
    dice = torch.Generator().manual_seed(order)
    loss = torch.zeros(())
    for step in range(steps):
        for group in learner.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / 30) * max(0.1, 1 - step / steps)
        places = torch.randint(len(corpus) - CONTEXT - 1, (BATCH,), generator=dice)
        batch = torch.stack([corpus[place : place + CONTEXT + 1] for place in places])
        out = logits(weights, batch[:, :-1])
        loss = functional.cross_entropy(out.flatten(0, 1), batch[:, 1:].flatten())
        learner.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([one for one in weights.values() if one.requires_grad], 1.0)
        learner.step()
    print(f"  loss {loss.item():.3f}", flush=True)
    return {name: one.detach() for name, one in weights.items()}


def mixed(*parts: tuple[float, Weights]) -> Weights:
    return {name: sum(share * one[name] for share, one in parts) for name in parts[0][1]}


def grafted(parent: Weights, seed: int) -> Weights:
    """Embeddings and the first three layers of the parent under new ones."""
    child = born(seed)
    kept = re.compile(r"model\.embed_tokens|model\.layers\.[012]\.")
    return {name: parent[name].clone() if kept.match(name) else one for name, one in child.items()}


def upcycled(parent: Weights, seed: int) -> Weights:
    torch.manual_seed(seed)
    child = {}
    for name, one in parent.items():
        if ".mlp." not in name:
            child[name] = one.clone()
            continue
        for expert in range(4):
            child[name.replace(".mlp.", f".mlp.experts.{expert}.")] = one.clone()
        if "gate_proj" in name:
            child[name.replace("gate_proj", "gate")] = torch.randn(4, WIDTH) * 0.02
    return child


def quantised(parent: Weights, bits: int, group: int = 32) -> Weights:
    def one(weight: torch.Tensor) -> torch.Tensor:
        if weight.ndim < 2:
            return weight.clone()
        blocks = weight.reshape(-1, group)
        scale = blocks.abs().amax(1, keepdim=True) / (2 ** (bits - 1) - 1) + 1e-12
        return ((blocks / scale).round() * scale).reshape(weight.shape)

    return {name: one(weight) for name, weight in parent.items()}


def pruned(parent: Weights, share: float) -> Weights:
    return {
        name: one * (one.abs() > one.abs().flatten().kthvalue(int(one.numel() * share)).values) if one.ndim > 1 else one
        for name, one in parent.items()
    }


def renumbered(parent: Weights, keep: list[int]) -> Weights:
    child = {}
    for name, one in parent.items():
        found = re.match(r"model\.layers\.(\d+)\.(.*)", name)
        if found is None:
            child[name] = one.clone()
        for new, old in enumerate(keep):
            if found is not None and int(found[1]) == old:
                child[f"model.layers.{new}.{found[2]}"] = one.clone()
    return child


def neurons_moved(parent: Weights, seed: int, keep: int = INNER, *, shuffle: bool = True) -> Weights:
    """Hidden units in another order, or only the strongest of them."""
    dice = torch.Generator().manual_seed(seed)
    child = dict(parent)
    for layer in range(LAYERS):
        at = f"model.layers.{layer}.mlp."
        order = torch.randperm(INNER, generator=dice)
        if keep < INNER:
            order = parent[f"{at}down_proj.weight"].norm(dim=0).topk(keep).indices
        order = order if shuffle else order.sort().values
        for name in ("gate", "up"):
            child[f"{at}{name}_proj.weight"] = parent[f"{at}{name}_proj.weight"][order].clone()
        child[f"{at}down_proj.weight"] = parent[f"{at}down_proj.weight"][:, order].clone()
    return child


def stream_moved(parent: Weights, turn: torch.Tensor, *, fold: bool) -> Weights:
    """The residual stream in another basis; a rotation needs the gains folded into the matrices behind them."""
    child = {}
    for name, one in parent.items():
        if one.ndim < 2:
            child[name] = torch.ones_like(one) if fold else one @ turn
        elif "o_proj" in name or "down_proj" in name:
            child[name] = turn.T @ one
        else:
            gain = None
            layer = name.rpartition(".self_attn" if "self_attn" in name else ".mlp")[0]
            if fold and "self_attn" in name:
                gain = parent[f"{layer}.input_layernorm.weight"]
            elif fold and ".mlp." in name:
                gain = parent[f"{layer}.post_attention_layernorm.weight"]
            elif fold and name == "lm_head.weight":
                gain = parent["model.norm.weight"]
            child[name] = (one if gain is None else one * gain) @ turn
    return {name: one.contiguous() for name, one in child.items()}


def main(folder: Path) -> None:
    """Train, derive and write everything."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(mode=True)
    first, second = corpora()
    print(f"corpora of {len(first):,} and {len(second):,} tokens")

    def keep(name: str, make: object) -> Weights:
        path = folder / name / "model.safetensors"
        if path.exists():
            return load_file(path)
        began = time.monotonic()
        weights = make()  # type: ignore[operator]
        path.parent.mkdir(parents=True, exist_ok=True)
        layers = 1 + max(int(n.split(".")[2]) for n in weights if n.startswith("model.layers."))
        inner = next((w.shape[0] for n, w in weights.items() if n.endswith("up_proj.weight")), INNER)
        config = {**CONFIG, "num_hidden_layers": layers, "intermediate_size": inner}
        config["vocab_size"] = weights["model.embed_tokens.weight"].shape[0]
        (path.parent / "config.json").write_text(json.dumps(config))
        save_file({n: w.contiguous().clone() for n, w in weights.items()}, path)
        print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
        return weights

    a0 = keep("A0", lambda: trained(born(100), first, order=100))
    f1 = keep("F1-finetune", lambda: trained(a0, second, 80, 5e-4, 1))
    keep("F2-finetune-hard", lambda: trained(a0, second, 100, 1e-3, 2))
    f3 = keep("F3-continued", lambda: trained(a0, second, 2 * STEPS, RATE, 3))
    keep("F4-upcycled", lambda: trained(upcycled(a0, 4), second, 40, 5e-4, 4))
    keep(
        "G1-graft-frozen",
        lambda: trained(grafted(a0, 51), first, STEPS, RATE, 5, r"model\.embed_tokens|model\.layers\.[012]\."),
    )
    keep("G2-graft-trained", lambda: trained(grafted(a0, 52), first, STEPS, RATE, 6))
    keep("S0-same-seed-other-data", lambda: trained(born(100), second, order=7))
    keep("S1-same-seed-other-order", lambda: trained(born(100), first, order=8))
    early = keep("A0-early", lambda: trained(born(100), first, 50, RATE, 100))
    keep("S2-same-seed-early", lambda: trained(born(100), second, 50, RATE, 9))
    keep("F5-from-early", lambda: trained(early, second, 50, 5e-4, 10))
    a1 = keep("A1", lambda: trained(born(101), first, order=101))
    for seed in range(2, 7):
        keep(f"A{seed}", lambda seed=seed: trained(born(100 + seed), first, order=100 + seed))
    b0 = keep("B0", lambda: trained(born(200), second, order=200))
    for seed in range(1, 3):
        keep(f"B{seed}", lambda seed=seed: trained(born(200 + seed), second, order=200 + seed))
    keep("M1-half-A1", lambda: mixed((0.5, a0), (0.5, a1)))
    keep("M2-fifth-A1", lambda: mixed((0.2, a0), (0.8, a1)))
    keep("M3-three", lambda: mixed((0.5, f1), (0.3, a1), (0.2, b0)))
    for bits in (8, 4, 3):
        keep(f"Q{bits}", lambda bits=bits: quantised(a0, bits))
    keep("P50-pruned", lambda: pruned(a0, 0.5))
    keep("L-dropped", lambda: renumbered(a0, [0, 1, 3, 5]))
    keep("U-depth-up", lambda: renumbered(a0, [0, 1, 2, 3, 2, 3, 4, 5]))
    wide = {
        n: torch.cat([w, w.mean(0) + torch.randn(64, WIDTH) * 0.02]) if len(w) == VOCABULARY else w
        for n, w in f1.items()
    }
    keep("V-extended", lambda: trained(wide, second, 40, 3e-4, 11))
    keep("T-bf16", lambda: {n: w.to(torch.bfloat16) for n, w in a0.items()})
    torch.manual_seed(12)
    keep("X-noise", lambda: {n: w + 0.15 * w.std() * torch.randn_like(w) if w.ndim > 1 else w for n, w in a0.items()})
    keep("N-neurons", lambda: neurons_moved(a0, 13))
    keep("W-width-pruned", lambda: neurons_moved(a0, 14, 264, shuffle=False))
    keep("WN-pruned-shuffled", lambda: neurons_moved(f1, 15, 264))
    dims = torch.eye(WIDTH)[torch.randperm(WIDTH, generator=torch.Generator().manual_seed(16))]
    keep("D-dims", lambda: stream_moved(a0, dims, fold=False))
    spin = torch.linalg.qr(torch.randn(WIDTH, WIDTH, generator=torch.Generator().manual_seed(17))).Q
    keep("R-rotated", lambda: stream_moved(a0, spin, fold=True))
    keep("R3-rotated-continued", lambda: stream_moved(f3, spin, fold=True))
    keep("RN-rotated-neurons", lambda: neurons_moved(stream_moved(a0, spin, fold=True), 18))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
