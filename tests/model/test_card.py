import json
from dataclasses import fields

import numpy as np
import pytest

from rehue.errors import ModelError
from rehue.model import Card, Model


def test_there_and_back(card):
    assert Card.from_json(card.to_json(), "card") == card
    assert np.array_equal(card.bins.centers, np.float32(card.bin_centers))


def test_the_text_holds_every_field(card):
    assert set(json.loads(card.to_json())) == {field.name for field in fields(Card)}


def without(name):
    def change(facts):
        del facts[name]

    return change


def having(**changes):
    return lambda facts: facts.update(changes)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (having(format=2), "a card of format 2, this Rehue reads 1: update Rehue"),
        (without("format"), "not a model card (KeyError: 'format'): install it again"),
        (without("sha256"), "'sha256'"),
        (without("default_decoding"), "'default_decoding'"),
        (without("bin_centers"), "'bin_centers'"),
        (having(surprise=1), "'surprise'"),
        (having(bin_centers=[[1, 2, 3]]), "not a model card (ValueError"),
        (having(bin_centers=7), "not a model card (TypeError"),
        (having(default_decoding={"hue": 1}), "'hue'"),
    ],
)
def test_what_is_no_card_of_this_format(card, change, words):
    facts = json.loads(card.to_json())
    change(facts)
    message = line(json.dumps(facts))
    assert message.startswith("some card: ")
    assert words in message


@pytest.mark.parametrize("text", ["", "{", "[]", "7", "null", "<!DOCTYPE html>\n<html>\n", "{}"])
def test_what_is_no_card_at_all(text):
    assert line(text).startswith("some card: not a model card (")


def line(text):
    with pytest.raises(ModelError) as caught:
        Card.from_json(text, "some card")
    message = str(caught.value)
    assert message.isprintable()
    return message


def test_a_model_is_its_file_and_the_card_beside_it(make_model):
    model = make_model(b"weights", name="v1.2")
    assert model.path.name == "v1.2.onnx"
    assert model.card.name == "v1.2"
    assert model.read() == b"weights"


def test_a_missing_weight_file(tmp_path):
    with pytest.raises(ModelError, match=r"none\.onnx: no such weight file: check the path"):
        Model.at(tmp_path / "none.onnx")


def test_a_missing_card(make_model):
    path = make_model(b"weights").path
    path.with_suffix(".json").unlink()
    with pytest.raises(ModelError, match=r"its card made\.json cannot be read beside it: keep"):
        Model.at(path)


def test_a_card_that_is_no_text(make_model):
    path = make_model(b"weights").path
    path.with_suffix(".json").write_bytes(b"\xff\xfe{")
    with pytest.raises(ModelError, match=r"its card made\.json cannot be read"):
        Model.at(path)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"weighty", "damaged or changed"),
        (b"", "damaged or changed"),
        (b"\n <!DOCTYPE html><html>404</html>", "an HTML page"),
    ],
)
def test_weights_that_are_not_those_of_the_card(make_model, data, words):
    model = make_model(b"weights")
    model.path.write_bytes(data)
    with pytest.raises(ModelError) as caught:
        model.read()
    message = str(caught.value)
    assert message.isprintable()
    assert f"made.onnx: {words} (sha256 " in message
    assert message.endswith(f"its card says {model.card.sha256[:12]}): install it again")
